import { Popover, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { EvidenceView } from "../../api/client";
import { useNow } from "../../api/clock";
import { useReader } from "../../i18n/language";
import type { PlainKey, Translate } from "../../i18n/t";
import { formatAge } from "../format";
import { CopyButton } from "../page/CopyButton";
import "./evidence.css";

const SOURCES: Record<EvidenceView["source"], PlainKey> = {
  pushed: "evidence.pushed",
  asked: "evidence.asked",
  watched: "evidence.watched",
};

/** One line about all sources: how many were reached, and which one was not. */
export function summarise(evidence: EvidenceView[], t: Translate): string {
  const silent = evidence.filter((each) => !each.reachable);
  const reached = evidence.length - silent.length;
  const first = silent[0];
  if (first === undefined) return t("evidence.all", { reached, total: evidence.length });
  return t("evidence.some", { reached, total: evidence.length, source: t(SOURCES[first.source]) });
}

interface Props {
  evidence: EvidenceView[];
  hasEnded: boolean;
}

/** Beside a phase: who says so, when they were last heard, and who cannot be heard. */
export function EvidencePill({ evidence, hasEnded }: Props) {
  const { t, language } = useReader();
  const [isOpen, setOpen] = useState(false);
  const now = useNow();
  if (evidence.length === 0) return null;
  const ages = evidence.flatMap((each) => (each.at === null ? [] : [(now - Date.parse(each.at)) / 1000]));
  const freshest = ages.length === 0 ? null : formatAge(Math.max(Math.min(...ages), 1), language);
  const words = hasEnded ? t("evidence.gone") : summarise(evidence, t);
  const summary = hasEnded || freshest === null ? words : `${words} · ${freshest}`;
  const isPartial = !hasEnded && evidence.some((each) => !each.reachable);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          className="rh-pill"
          data-partial={isPartial || undefined}
          aria-label={t("evidence.open", { summary: words })}
          onClick={() => setOpen((was) => !was)}
        >
          {summary}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("evidence.title")} className="rh-evidence">
        <EvidenceTable evidence={evidence} />
        <CopyButton text={JSON.stringify(evidence, null, 2)} label={t("common.copy")} />
      </Popover.Dropdown>
    </Popover>
  );
}

function EvidenceTable({ evidence }: { evidence: EvidenceView[] }) {
  const { t, language } = useReader();
  const now = useNow();
  const ageOf = (at: string | null): string => {
    if (at === null) return t("time.never");
    const age = formatAge((now - Date.parse(at)) / 1000, language);
    return age === null ? t("time.now") : t("time.ago", { age });
  };
  return (
    <table className="rh-table">
      <caption className="rh-h2">{t("evidence.title")}</caption>
      <thead>
        <tr>
          <th>{t("evidence.source")}</th>
          <th>{t("evidence.says")}</th>
          <th>{t("evidence.when")}</th>
          <th>{t("evidence.look")}</th>
        </tr>
      </thead>
      <tbody>
        {evidence.map((each) => (
          <tr key={each.source}>
            <td>{t(SOURCES[each.source])}</td>
            <td>{each.value ?? "—"}</td>
            <td className="rh-nowrap rh-num">{ageOf(each.at)}</td>
            <td>
              {each.reachable ? t("evidence.reached") : t("evidence.notReached")}
              {each.why !== null && <div className="rh-muted">{each.why}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
