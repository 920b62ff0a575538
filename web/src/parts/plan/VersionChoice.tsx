import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type JobPath, versionsQuery } from "../../api/queries";
import { useT } from "../../i18n/language";

interface VersionProps {
  path: JobPath;
  newest: number;
  value: number | null;
  onPick: (version: number | null) => void;
}

/** The newest version, or an older one. */
export function VersionChoice({ path, newest, value, onPick }: VersionProps) {
  const t = useT();
  const versions = useQuery(versionsQuery(path));
  const older = (versions.data ?? []).filter((each) => each.number !== newest);
  return (
    <NativeSelect
      label={t("start.version")}
      value={value === null || value === newest ? "" : String(value)}
      data={[
        { value: "", label: t("start.newestVersion", { version: newest }) },
        ...older.map((each) => ({
          value: String(each.number),
          label: t("versions.one", { version: each.number }),
        })),
      ]}
      onChange={(event) =>
        onPick(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))
      }
    />
  );
}
