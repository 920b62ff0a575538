/** A variable resistor: what a rheostat is. */
export function Logo() {
  return (
    <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#1864ab" />
      <path
        d="M4 19h4l2.5-7 4 13 4-13 2.5 7H28"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinejoin="round"
      />
      <path d="M9 26 23 6m0 0-5.5 1.5M23 6l.8 5.5" fill="none" stroke="#ffd43b" strokeWidth="2.2" />
    </svg>
  );
}
