import type { RunView } from "../../api/client";
import { advise, splitCommands } from "../../i18n/advice";
import { useReader } from "../../i18n/language";
import { CopyButton } from "../page/CopyButton";
import "./run.css";

/** What to do next about why the run stands where it does, and about its health; nothing if nothing is. */
export function Advice({ run }: { run: RunView }) {
  const { t, language } = useReader();
  if (run.advice.length === 0) return null;
  return (
    <section className="rh-panel" aria-labelledby="advice">
      <h2 id="advice">{t("job.advice")}</h2>
      <ul className="rh-advice">
        {run.advice.map((advice) => (
          <li key={advice.code}>
            {splitCommands(advise(advice, run, language), run).map((part) =>
              part.isCommand ? (
                <span key={part.at} className="rh-command">
                  <code>{part.text}</code>
                  <CopyButton text={part.text} label={t("common.copy")} isSmall />
                </span>
              ) : (
                part.text
              ),
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
