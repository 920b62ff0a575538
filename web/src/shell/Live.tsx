import { Button, Tooltip } from "@mantine/core";
import { useNow } from "../api/clock";
import { useContact } from "../api/contact";
import { reconnectNow } from "../api/stream";
import { useReader } from "../i18n/language";
import { formatInstant } from "../parts/format";

const STALE_MS = 8000;

/** Whether what happens on the server comes to this page by itself. */
export function LiveDot() {
  const { t } = useReader();
  const { isAway, stream } = useContact();
  const isLive = !isAway && (stream === "live" || stream === "off");
  const isOpening = !isAway && stream === "opening";
  const hint = isLive ? t("live.onHint") : isOpening ? t("live.openingHint") : t("live.offHint");
  return (
    <Tooltip label={hint}>
      <span className="rh-live" data-away={!isLive || undefined}>
        {isLive ? t("live.on") : isOpening ? t("live.opening") : t("live.off")}
      </span>
    </Tooltip>
  );
}

/** What is on screen is old, and from when. It goes by itself when the server is heard again. */
export function StaleBanner() {
  const { t, language, zone } = useReader();
  const { isAway, answeredAt, heardAt, stream } = useContact();
  const now = useNow();
  const isSilent = stream === "stale";
  const isUnanswered = isAway && Date.now() - answeredAt >= STALE_MS;
  if (!isSilent && !isUnanswered) return <div role="status" />;
  const since = isUnanswered ? answeredAt : heardAt;
  const time = formatInstant(new Date(since).toISOString(), { language, zone, now });
  return (
    <div role="status" className="rh-notice rh-stale">
      <span>{isUnanswered ? t("live.stale", { time }) : t("live.silent", { time })}</span>
      <Button size="xs" variant="default" onClick={reconnectNow}>
        {t("live.reconnect")}
      </Button>
    </div>
  );
}
