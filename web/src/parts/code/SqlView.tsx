import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { setup } from "./setup";

/** SQL to be read and copied, not changed. */
export function SqlView({ label, value }: { label: string; value: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current === null) return;
    const view = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: value,
        extensions: [setup(label), EditorState.readOnly.of(true)],
      }),
    });
    return () => view.destroy();
  }, [label, value]);
  return <div className="rh-code rh-code-view" ref={box} />;
}
