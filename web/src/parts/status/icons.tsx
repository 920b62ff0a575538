/** One outline for each word of the vocabulary; no two are alike, so that none needs its colour. */
import type { ReactNode } from "react";
import type { IconName } from "./vocabulary";

const line = {
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.6,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;

const SHAPES: Record<IconName, ReactNode> = {
  pencil: <path {...line} d="M3 13l.8-3.2L10.6 3 13 5.4 6.2 12.2 3 13z" />,
  tag: (
    <>
      <path {...line} d="M2.5 8.5v-6h6l5 5-6 6-5-5z" />
      <circle cx="5.5" cy="5.5" r="1" fill="currentColor" />
    </>
  ),
  hourglass: (
    <path
      {...line}
      d="M4 2.5h8M4 13.5h8M4.5 2.5c0 3 3.5 4 3.5 5.5s-3.5 2.5-3.5 5.5M11.5 2.5c0 3-3.5 4-3.5 5.5s3.5 2.5 3.5 5.5"
    />
  ),
  box: <path {...line} d="M3 6.5v6.5h10V6.5M3 6.5 1.5 4M13 6.5 14.5 4M3 6.5h10" />,
  triangleHollow: <path {...line} d="M4.5 3v10L13 8 4.5 3z" />,
  triangle: <path d="M4 2.5v11L13.5 8 4 2.5z" fill="currentColor" />,
  circularArrow: <path {...line} d="M13 8a5 5 0 1 1-1.6-3.7M13 1.8v3h-3" />,
  crossingArrows: (
    <path {...line} d="M2 4.5h2.5l7 7H14M12 9.5l2 2-2 2M2 11.5h2.5l2-2M9.5 6.5l2-2H14M12 2.5l2 2-2 2" />
  ),
  hand: (
    <path
      {...line}
      d="M4 9V4.8a1 1 0 0 1 2 0V7.5 3a1 1 0 0 1 2 0v4.5-4a1 1 0 0 1 2 0v4.3-2.5a1 1 0 0 1 2 0V10c0 2.5-1.5 4-4 4-2 0-3-.8-4-2.5L2.6 9.2c.4-.7 1-.7 1.4-.2z"
    />
  ),
  squareHollow: <rect {...line} x="3" y="3" width="10" height="10" rx="1" />,
  square: <rect x="2.5" y="2.5" width="11" height="11" rx="1.5" fill="currentColor" />,
  slash: (
    <>
      <circle {...line} cx="8" cy="8" r="5.5" />
      <path {...line} d="M4.2 11.8l7.6-7.6" />
    </>
  ),
  check: <path {...line} strokeWidth={2.2} d="M2.8 8.5l3.4 3.5 7-8" />,
  octagon: <path {...line} d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5L5.5 2zM6 6l4 4M10 6l-4 4" />,
  shield: (
    <path {...line} d="M8 1.8l5 1.7v4c0 3-2 5.5-5 6.7-3-1.2-5-3.7-5-6.7v-4l5-1.7zM5.8 7.8l1.6 1.7 2.9-3.3" />
  ),
  alert: <path {...line} d="M8 2.2l6.2 11.3H1.8L8 2.2zM8 6.5v3.2M8 11.6v.1" />,
  eye: (
    <>
      <path
        {...line}
        strokeDasharray="2.2 1.8"
        d="M1.5 8C3 5.3 5.3 4 8 4s5 1.3 6.5 4c-1.5 2.7-3.8 4-6.5 4s-5-1.3-6.5-4z"
      />
      <circle {...line} cx="8" cy="8" r="1.6" />
    </>
  ),
};

/** Drawn beside its word, so hidden from screen readers. */
export function StatusIcon({ name }: { name: IconName }) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  );
}
