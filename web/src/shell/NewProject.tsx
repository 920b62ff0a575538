import { useT } from "../i18n/language";
import { Dialog } from "../parts/dialog/Dialog";
import { ProjectForm } from "../parts/form/ProjectForm";

interface Props {
  isOpen: boolean;
  onClose: () => void;
  onDone: (name: string) => void;
}

export default function NewProject({ isOpen, onClose, onDone }: Props) {
  const t = useT();
  return (
    <Dialog title={t("shell.newProject")} isOpen={isOpen} onClose={onClose} size="md">
      <ProjectForm
        onCancel={onClose}
        onDone={(name) => {
          onClose();
          onDone(name);
        }}
      />
    </Dialog>
  );
}
