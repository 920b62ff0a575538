import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import "./dialog.css";

interface Props {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  size?: string;
  children: ReactNode;
}

/** Mantine's own header would be a second banner landmark with a close button without a name: not used. */
export function Dialog({ title, isOpen, onClose, size = "lg", children }: Props) {
  return (
    <Modal.Root opened={isOpen} onClose={onClose} size={size}>
      <Modal.Overlay />
      <Modal.Content>
        <div className="rh-dialog">
          <Modal.Title component="h2" className="rh-dialog-title">
            {title}
          </Modal.Title>
          {children}
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
