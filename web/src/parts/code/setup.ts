/** What every SQL text on screen has: Flink's words, our colours, the nonce. Extensions by name, not in bulk. */
import { SQLDialect, sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { nonce } from "../../nonce";

const KEYWORDS =
  "add all alter analyze and any as asc at begin between by call case cast catalog catalogs changelog_mode " +
  "columns compute constraint create cross cumulate current_timestamp database databases desc describe " +
  "descriptor distinct distributed drop else end enforced except execute exists explain false fetch first for " +
  "from full function functions group grouping having hop if in inner insert intersect interval into is jar " +
  "join key lateral left like limit load lookup match_recognize materialized metadata model modules not null " +
  "nulls of offset on only or order ordinality outer over overwrite partition partitioned partitions plan " +
  "primary proctime range rank refresh rename replace reset retention right row rows select session set sets " +
  "show some statement statistics system system_time table tables temporary then timestampdiff to true truncate " +
  "tumble union unique unnest unload use using values view views virtual watermark when where window with within";
const TYPES =
  "array bigint binary boolean bytes char date decimal double float int integer interval map multiset numeric " +
  "raw real row smallint string time timestamp timestamp_ltz tinyint varbinary varchar variant";

const flink = SQLDialect.define({
  keywords: KEYWORDS,
  types: TYPES,
  backslashEscapes: false,
  hashComments: false,
  identifierQuotes: "`",
  operatorChars: "*+-%<>!=&|~^/?",
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--rh-syntax-keyword)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--rh-syntax-string)" },
  { tag: tags.comment, color: "var(--rh-muted)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--rh-syntax-number)" },
  { tag: tags.typeName, color: "var(--rh-syntax-type)" },
]);

const look = EditorView.theme({
  "&": { fontSize: "13.5px", height: "100%", backgroundColor: "var(--rh-panel)", color: "inherit" },
  ".cm-scroller": {
    fontFamily: "var(--rh-mono)",
    lineHeight: "1.55",
  },
  ".cm-gutters": {
    backgroundColor: "var(--rh-code)",
    color: "var(--rh-muted)",
    borderRight: "1px solid var(--rh-line)",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--rh-work-bg) 45%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--rh-work-bg)", color: "var(--rh-work-fg)" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  // The box around it shows the focus, so that the ring is whole.
  "&.cm-focused": { outline: "none" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--rh-work-fg) 28%, transparent) !important",
  },
  ".cm-tooltip": { backgroundColor: "var(--rh-panel)", color: "inherit", border: "1px solid var(--rh-line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    background: "var(--rh-work-bg)",
    color: "var(--rh-work-fg)",
  },
  ".cm-panels": { backgroundColor: "var(--rh-code)", color: "inherit" },
  ".cm-textfield, .cm-button": {
    background: "var(--rh-panel)",
    color: "inherit",
    border: "1px solid var(--rh-line)",
  },
});

export function setup(label: string): Extension[] {
  return [
    EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorState.tabSize.of(2),
    lineNumbers(),
    drawSelection(),
    bracketMatching(),
    sql({ dialect: flink, upperCaseKeywords: true }),
    syntaxHighlighting(colours),
    look,
  ];
}
