/** The part of a log file that is held: a text between two bytes of the file. It grows at both ends. */
import { bytesOf } from "./lines";

export interface LogWindow {
  text: string;
  start: number;
  end: number;
  /** Of the whole file, when it was last read. */
  size: number;
}

/** More is not held: the other end is let go. */
export const MOST_CHARS = 4_000_000;

export interface Piece {
  text: string;
  offset: number;
  next_offset: number;
  /** The file was begun anew: its offsets are not those of before. */
  rolled: boolean;
}

/** What begins where the window ends; anything else is not of this window. */
export function append(held: LogWindow, piece: Piece): LogWindow {
  if (piece.rolled) {
    return { text: piece.text, start: piece.offset, end: piece.next_offset, size: piece.next_offset };
  }
  if (piece.offset !== held.end) return held;
  const text = held.text + piece.text;
  const end = piece.next_offset;
  const size = Math.max(held.size, end);
  if (text.length <= MOST_CHARS) return { text, start: held.start, end, size };
  const cut = text.indexOf("\n", text.length - MOST_CHARS / 2) + 1;
  return { text: text.slice(cut), start: held.start + bytesOf(text.slice(0, cut)), end, size };
}

/** What ends where the window begins. */
export function prepend(held: LogWindow, piece: Piece): LogWindow {
  if (piece.next_offset !== held.start) return held;
  return { ...held, text: piece.text + held.text, start: piece.offset };
}
