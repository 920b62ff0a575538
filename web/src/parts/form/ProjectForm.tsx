import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createProject } from "../../api/change";
import { keys } from "../../api/keys";
import { useT } from "../../i18n/language";
import { ErrorPanel } from "../page/States";

interface Props {
  onDone: (name: string) => void;
  onCancel?: () => void;
}

export function ProjectForm({ onDone, onCancel }: Props) {
  const t = useT();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: createProject,
    onSuccess: async (project) => {
      await client.invalidateQueries({ queryKey: keys.projects() });
      onDone(project.name);
    },
  });
  return (
    <form
      className="rh-stack"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate(name.trim());
      }}
    >
      <TextInput
        label={t("project.name")}
        description={t("project.nameHint")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        required
        maxLength={63}
        data-autofocus
      />
      {create.error !== null && <ErrorPanel error={create.error} />}
      <div className="rh-dialog-end">
        {onCancel !== undefined && (
          <Button variant="default" onClick={onCancel}>
            {t("common.cancel")}
          </Button>
        )}
        <Button type="submit" loading={create.isPending}>
          {t("project.create")}
        </Button>
      </div>
    </form>
  );
}
