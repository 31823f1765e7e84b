const shapes: Record<string, React.ReactNode> = {
  component: <rect x="2" y="2" width="12" height="12" rx="3" />,
  api: <path d="M8 1.5 13.6 4.75v6.5L8 14.5l-5.6-3.25v-6.5Z" />,
  resource: <path d="M2.5 4c0-1.4 2.5-2.5 5.5-2.5S13.5 2.6 13.5 4v8c0 1.4-2.5 2.5-5.5 2.5S2.5 13.4 2.5 12ZM2.5 4c0 1.4 2.5 2.5 5.5 2.5S13.5 5.4 13.5 4" />,
  system: (
    <>
      <rect x="1.5" y="1.5" width="13" height="13" />
      <rect x="5" y="5" width="6" height="6" />
    </>
  ),
  domain: <path d="M8 1 15 8l-7 7-7-7Z" />,
  group: (
    <>
      <circle cx="5.5" cy="8" r="4" />
      <circle cx="10.5" cy="8" r="4" />
    </>
  ),
  user: (
    <>
      <circle cx="8" cy="5" r="3.2" />
      <path d="M2 14.5a6 6 0 0 1 12 0Z" />
    </>
  ),
  template: <path d="M3 1.5h7l3.5 3.5v9.5H3ZM10 1.5V5h3.5" />,
  location: <path d="M8 15C4.5 10.8 3 8.500 3 6.200a5 5 0 0 1 10 0C13 8.500 11.500 10.800 8 15Z" />,
}

/** A kind by its shape, in outline; a kind of one's own is a circle. Its word stands beside it. */
export function KindShape({ kind }: { kind: string }) {
  return (
    <g fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" aria-hidden="true">
      {shapes[kind.toLowerCase()] ?? <circle cx="8" cy="8" r="6" />}
    </g>
  )
}
