-- Every flight that left New York in 2013, all at once.
--
-- The same questions as in `stream.sql`, asked of all files in one go: the job ends when it has
-- read them. Its answer is what the stream is checked against. The demo puts its own folder where
-- this script says file:///demo.

-- 1. What arrives ---------------------------------------------------------------------------

CREATE TABLE timetable (
  `year` STRING, `month` STRING, `day` STRING,
  dep_time INT,                  -- NULL: it never left, the flight was cancelled
  sched_dep_time INT,
  dep_delay INT,                 -- minutes; negative: early
  arr_time INT, sched_arr_time INT,
  arr_delay INT,                 -- NULL: cancelled, or landed somewhere else
  carrier STRING, flight INT, tailnum STRING,
  origin STRING, dest STRING,
  air_time INT, distance INT,
  `hour` STRING, `minute` STRING,
  time_hour STRING,
  -- Event time: when the flight should have left, on the clocks of New York.
  sched_at AS TO_TIMESTAMP(
    `year` || '-' || `month` || '-' || `day` || ' ' || `hour` || ':' || `minute`,
    'yyyy-M-d H:m'),
  WATERMARK FOR sched_at AS sched_at    -- batch knows everything, so it waits for nothing
) WITH (
  'connector' = 'filesystem',
  'path' = 'file:///demo/timetable',
  'format' = 'csv',
  'csv.null-literal' = 'NA'
);

CREATE TABLE airlines (carrier STRING, name STRING) WITH (
  'connector' = 'filesystem', 'path' = 'file:///demo/airlines', 'format' = 'csv'
);

CREATE TABLE airports (
  faa STRING, name STRING, lat DOUBLE, lon DOUBLE, alt INT, tz INT, dst STRING, tzone STRING
) WITH (
  'connector' = 'filesystem', 'path' = 'file:///demo/airports', 'format' = 'csv',
  'csv.null-literal' = 'NA'
);

CREATE TABLE weather (
  origin STRING, `year` STRING, `month` STRING, `day` STRING, `hour` STRING,
  temp DOUBLE, dewp DOUBLE, humid DOUBLE, wind_dir DOUBLE, wind_speed DOUBLE, wind_gust DOUBLE,
  precip DOUBLE, pressure DOUBLE, visib DOUBLE, time_hour STRING,
  hour_at AS TO_TIMESTAMP(`year` || '-' || `month` || '-' || `day` || ' ' || `hour`, 'yyyy-M-d H'),
  WATERMARK FOR hour_at AS hour_at
) WITH (
  'connector' = 'filesystem', 'path' = 'file:///demo/weather', 'format' = 'csv',
  'csv.null-literal' = 'NA'
);

-- 2. What comes out -------------------------------------------------------------------------

-- The files become visible when the job has ended.

CREATE TABLE flights (
  sched_at TIMESTAMP(0), carrier STRING, flight INT, origin STRING, dest STRING,
  dep_delay INT, arr_delay INT, is_cancelled BOOLEAN
) WITH (
  'connector' = 'filesystem', 'path' = 'file:///demo/batch/flights', 'format' = 'csv'
);

CREATE TABLE carrier_days (
  `day` DATE, carrier STRING, airline STRING,
  flights BIGINT, cancelled BIGINT, late BIGINT, avg_delay DOUBLE
) WITH (
  'connector' = 'filesystem', 'path' = 'file:///demo/batch/carrier_days', 'format' = 'csv'
);

CREATE TABLE route_days (
  `day` DATE, origin STRING, dest STRING, place STRING, carrier STRING, airline STRING,
  flights BIGINT, cancelled BIGINT, late BIGINT, avg_delay DOUBLE
) WITH (
  'connector' = 'filesystem', 'path' = 'file:///demo/batch/route_days', 'format' = 'csv'
);

CREATE TABLE weather_days (
  `day` DATE, origin STRING, weather STRING,
  flights BIGINT, cancelled BIGINT, late BIGINT, avg_delay DOUBLE
) WITH (
  'connector' = 'filesystem', 'path' = 'file:///demo/batch/weather_days', 'format' = 'csv'
);

-- 3. From one to the other: from here on, stream.sql and batch.sql are the same ---------------

CREATE TEMPORARY VIEW cleaned AS
SELECT sched_at, carrier, flight, origin, dest, dep_delay, arr_delay,
       dep_time IS NULL AS is_cancelled
FROM timetable;

-- Four airports that flights go to are missing in the list.
CREATE TEMPORARY VIEW places AS
SELECT faa, name FROM airports
UNION ALL
SELECT * FROM (VALUES
  ('BQN', 'Rafael Hernandez'), ('PSE', 'Mercedita'),
  ('SJU', 'Luis Munoz Marin Intl'), ('STT', 'Cyril E King')) AS missing (faa, name);

-- Traffic and delay per carrier and route, per day. Late is fifteen minutes or more.
CREATE TEMPORARY VIEW daily_routes AS
SELECT window_start, carrier, origin, dest,
       COUNT(*) AS flights,
       COUNT(*) FILTER (WHERE is_cancelled) AS cancelled,
       COUNT(*) FILTER (WHERE dep_delay >= 15) AS late,
       ROUND(AVG(CAST(dep_delay AS DOUBLE)), 1) AS avg_delay
FROM TUMBLE(TABLE cleaned, DESCRIPTOR(sched_at), INTERVAL '1' DAY)
GROUP BY window_start, window_end, carrier, origin, dest;

-- The same per carrier.
CREATE TEMPORARY VIEW daily_carriers AS
SELECT window_start, carrier,
       COUNT(*) AS flights,
       COUNT(*) FILTER (WHERE is_cancelled) AS cancelled,
       COUNT(*) FILTER (WHERE dep_delay >= 15) AS late,
       ROUND(AVG(CAST(dep_delay AS DOUBLE)), 1) AS avg_delay
FROM TUMBLE(TABLE cleaned, DESCRIPTOR(sched_at), INTERVAL '1' DAY)
GROUP BY window_start, window_end, carrier;

-- The weather at the airport in the hour of departure. A few hours were never measured.
CREATE TEMPORARY VIEW in_weather AS
SELECT f.sched_at, f.origin, f.dep_delay, f.is_cancelled,
       CASE WHEN w.visib IS NULL THEN 'not measured'
            WHEN w.visib < 3 THEN 'poor sight'
            WHEN w.precip > 0 THEN 'rain or snow'
            WHEN w.wind_speed >= 20 THEN 'strong wind'
            ELSE 'fair' END AS weather
FROM cleaned AS f LEFT JOIN weather AS w
  ON f.origin = w.origin AND FLOOR(f.sched_at TO HOUR) = FLOOR(w.hour_at TO HOUR)
  -- That says it all; the next line tells the stream how long it must remember either side.
  AND w.hour_at BETWEEN f.sched_at - INTERVAL '1' HOUR AND f.sched_at;

-- The same per airport and weather.
CREATE TEMPORARY VIEW daily_weather AS
SELECT window_start, origin, weather,
       COUNT(*) AS flights,
       COUNT(*) FILTER (WHERE is_cancelled) AS cancelled,
       COUNT(*) FILTER (WHERE dep_delay >= 15) AS late,
       ROUND(AVG(CAST(dep_delay AS DOUBLE)), 1) AS avg_delay
FROM TUMBLE(TABLE in_weather, DESCRIPTOR(sched_at), INTERVAL '1' DAY)
GROUP BY window_start, window_end, origin, weather;

-- Names are joined after counting: a few hundred rows a day instead of a thousand flights.
-- The join remembers a day's row for a minute only; the names it never forgets ('0 s').
EXECUTE STATEMENT SET BEGIN

INSERT INTO flights
SELECT CAST(sched_at AS TIMESTAMP(0)), carrier, flight, origin, dest,
       dep_delay, arr_delay, is_cancelled
FROM cleaned;

INSERT INTO carrier_days
SELECT /*+ STATE_TTL('d' = '1 min', 'a' = '0 s') */
       CAST(d.window_start AS DATE), d.carrier, a.name, d.flights, d.cancelled, d.late, d.avg_delay
FROM daily_carriers AS d JOIN airlines AS a ON d.carrier = a.carrier;

INSERT INTO route_days
SELECT /*+ STATE_TTL('d' = '1 min', 'a' = '0 s', 'p' = '0 s') */
       CAST(d.window_start AS DATE), d.origin, d.dest, p.name, d.carrier, a.name,
       d.flights, d.cancelled, d.late, d.avg_delay
FROM daily_routes AS d
JOIN airlines AS a ON d.carrier = a.carrier
JOIN places AS p ON d.dest = p.faa;

INSERT INTO weather_days
SELECT CAST(window_start AS DATE), origin, weather, flights, cancelled, late, avg_delay
FROM daily_weather;

END;
