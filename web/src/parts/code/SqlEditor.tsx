import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { indentOnInput } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Text } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { setup } from "./setup";

export interface Place {
  line: number;
  column: number;
}

export interface SqlProblem extends Place {
  message: string;
}

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  problems: SqlProblem[];
  /** Moves the cursor there when it is another object than before. */
  goTo: Place | null;
}

function offsetOf(doc: Text, { line, column }: Place): number {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(found.from + Math.max(column - 1, 0), found.to);
}

/** A mark covers the word at its place, so that there is something to see. */
function toDiagnostic(doc: Text, problem: SqlProblem): Diagnostic {
  const from = offsetOf(doc, problem);
  const line = doc.lineAt(from);
  const word = /^[\w$`]+/.exec(doc.sliceString(from, line.to))?.[0].length ?? 1;
  return {
    from,
    to: Math.min(from + Math.max(word, 1), line.to),
    severity: "error",
    message: problem.message,
  };
}

export function SqlEditor({ label, value, onChange, problems, goTo }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const first = useRef(value);
  const tell = useRef(onChange);
  useEffect(() => {
    tell.current = onChange;
  }, [onChange]);
  useEffect(() => {
    if (box.current === null) return;
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          setup(label),
          history(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          indentOnInput(),
          closeBrackets(),
          autocompletion({ icons: false }),
          lintGutter(),
          keymap.of([
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...historyKeymap,
            ...searchKeymap,
            ...completionKeymap,
            ...lintKeymap,
            indentWithTab,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) tell.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      first.current = made.state.doc.toString(); // a new label makes a new view: what was typed stays
      made.destroy();
      view.current = null;
    };
  }, [label]);
  useEffect(() => {
    const now = view.current;
    if (now === null || now.state.doc.toString() === value) return;
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const now = view.current;
    if (now === null) return;
    const found = problems.map((each) => toDiagnostic(now.state.doc, each)).sort((a, b) => a.from - b.from);
    now.dispatch(setDiagnostics(now.state, found));
  }, [problems]);
  useEffect(() => {
    const now = view.current;
    if (now === null || goTo === null) return;
    const at = offsetOf(now.state.doc, goTo);
    now.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    now.focus();
  }, [goTo]);
  return <div className="rh-code" ref={box} />;
}
