export function Logo() {
  return (
    <svg aria-hidden="true" width="26" height="26" viewBox="0 0 32 32" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0b6e7f" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <circle cx="16" cy="16" r="7.2" />
        <path d="M3 16h5.6M23.4 16H29" opacity=".75" />
      </g>
      <circle cx="16" cy="16" r="2.6" fill="#fff" />
    </svg>
  );
}
