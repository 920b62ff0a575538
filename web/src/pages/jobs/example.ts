/** What a new draft holds: it can be published and started as it is, with built-in connectors only. */
const STREAMING = `-- Numbers that come in without end. Change what you like, then publish.
CREATE TABLE orders (
  id BIGINT,
  amount DOUBLE
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '5',
  'fields.amount.min' = '1',
  'fields.amount.max' = '500'
);

-- Takes rows and keeps nothing: put your own sink here.
CREATE TABLE large_orders (
  id BIGINT,
  amount DOUBLE
) WITH (
  'connector' = 'blackhole'
);

INSERT INTO large_orders
SELECT id, amount FROM orders WHERE amount > 250;
`;

const BATCH = STREAMING.replace("that come in without end", "that end").replace(
  "'rows-per-second' = '5',",
  "'number-of-rows' = '1000',",
);

export const exampleFor = (mode: "streaming" | "batch"): string => (mode === "batch" ? BATCH : STREAMING);
