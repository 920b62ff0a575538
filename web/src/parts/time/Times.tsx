import { serverNow, useNow } from "../../api/clock";
import { useReader } from "../../i18n/language";
import { formatAge, formatDuration, formatInstant } from "../format";

const DAY_S = 86_400;

/** An instant: how long ago while that is less than a day, else the date; the other one as its title. */
export function When({ at }: { at: string }) {
  const { language, zone, t } = useReader();
  const now = useNow();
  const seconds = (now - Date.parse(at)) / 1000;
  const absolute = formatInstant(at, { language, zone, now });
  const age = formatAge(seconds, language);
  const words = age === null ? t("time.now") : t("time.ago", { age });
  return (
    <time dateTime={at} title={`${absolute} · ${at}`} className="rh-num">
      {seconds < DAY_S ? words : absolute}
    </time>
  );
}

/** An instant as date and time. */
export function Instant({ at }: { at: string }) {
  const { language, zone } = useReader();
  return (
    <time dateTime={at} title={at} className="rh-num">
      {formatInstant(at, { language, zone, now: serverNow() })}
    </time>
  );
}

/** From an instant until another, or until now. */
export function Lasted({ from, to }: { from: string; to: string | null }) {
  const { language } = useReader();
  const now = useNow();
  const end = to === null ? now : Date.parse(to);
  return (
    <span className="rh-num">{formatDuration(Math.max(end - Date.parse(from), 0) / 1000, language)}</span>
  );
}

/** An age that the server counted at `at`, and that goes on growing. */
export function Age({ seconds }: { seconds: number | null }) {
  const { language, t } = useReader();
  if (seconds === null) return <span>{t("time.never")}</span>;
  const age = formatAge(seconds, language);
  return <span className="rh-num">{age === null ? t("time.now") : t("time.ago", { age })}</span>;
}
