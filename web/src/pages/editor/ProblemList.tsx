import { useT } from "../../i18n/language";
import type { Place } from "../../parts/code/SqlEditor";
import type { Problems } from "./draft";

interface Props {
  problems: Problems;
  onGo: (place: Place) => void;
}

/** Why the server did not take the draft; each line of the SQL leads to its place. */
export function ProblemList({ problems, onGo }: Props) {
  const t = useT();
  const count = problems.sql.length + problems.keys.size + problems.fields.size + problems.other.length;
  if (count === 0) return <div role="status" />;
  return (
    <section className="rh-problem rh-problems" aria-labelledby="problems">
      <h2 className="rh-h2" id="problems">
        {t("editor.problemsCount", { count })}
      </h2>
      <p className="rh-muted" role="status">
        {t("editor.noPublish")}
      </p>
      <ul>
        {problems.sql.map((each) => (
          <li key={`${each.line}:${each.column} ${each.message}`}>
            <button
              type="button"
              className="rh-place"
              onClick={() => onGo({ line: each.line, column: each.column })}
            >
              {`${each.line}:${each.column}`}
            </button>
            {each.message}
          </li>
        ))}
        {[...problems.keys, ...problems.fields].map(([key, message]) => (
          <li key={key}>
            {!message.startsWith(key) && <code>{`${key} `}</code>}
            {message}
          </li>
        ))}
        {problems.other.map((each) => (
          <li key={each.where}>
            <code>{each.where}</code> {each.message}
          </li>
        ))}
      </ul>
    </section>
  );
}
