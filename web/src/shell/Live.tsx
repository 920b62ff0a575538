import { Tooltip } from "@mantine/core";
import { useNow } from "../api/clock";
import { useContact } from "../api/contact";
import { useReader } from "../i18n/language";
import { formatInstant } from "../parts/format";

const STALE_MS = 8000;

export function LiveDot() {
  const { t } = useReader();
  const { isAway } = useContact();
  return (
    <Tooltip label={isAway ? t("live.offHint") : t("live.onHint")}>
      <span className="rh-live" data-away={isAway || undefined}>
        {isAway ? t("live.off") : t("live.on")}
      </span>
    </Tooltip>
  );
}

/** What is on screen is old, and from when. It goes by itself when the server answers. */
export function StaleBanner() {
  const { t, language, zone } = useReader();
  const { isAway, answeredAt } = useContact();
  const now = useNow();
  if (!isAway || Date.now() - answeredAt < STALE_MS) return <div role="status" />;
  const time = formatInstant(new Date(answeredAt).toISOString(), { language, zone, now });
  return (
    <div role="status" className="rh-notice rh-stale">
      {t("live.stale", { time })}
    </div>
  );
}
