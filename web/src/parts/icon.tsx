/** Line icons on a 24 × 24 grid. Each has a text beside it, so screen readers skip them. */
const paths = {
  recognize:
    "M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5A1.5 1.5 0 0 1 18.5 20H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M9 10v.5M15 10v.5M9 14.5a4 4 0 0 0 6 0",
  people:
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.900a3.5 3.5 0 0 1 0 6.200M18 14.200a6.5 6.5 0 0 1 3.5 5.8",
  library: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM16.5 13v7M13 16.5h7",
  training: "M4 4v16h16M7.5 8c2 0 2.5 7 5.5 7.8 2 .5 4 .7 6.5.7",
  playground: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 12l7-4.5M12 12l3 8.300",
  camera: "M4 8h3l1.5-2.5h7L17 8h3v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.400 3.2 3.2 0 0 0 0 6.400Z",
  photo: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 4.5M15.5 9.200v.1",
  paste: "M8 5H6v15h12V5h-2M9 3.5h6v3H9z",
  sun: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2v2M12 20v2M2 12h2M20 12h2M4.900 4.900l1.400 1.400M17.7 17.700l1.400 1.400M4.900 19.1l1.400-1.400M17.7 6.300l1.400-1.400",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z",
  key: "M14.5 13a4.5 4.5 0 1 0-4-2.5L3.5 17.5V21H7v-2.5h2.5V16l2.5-2.5M16 8v.1",
  information: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 7.800v.2",
  warning: "M12 4 2.8 20h18.400zM12 10v4.5M12 17.200v.2",
  check: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 12.300l2.8 2.700L16 9.5",
  chart: "M4 20h16M7 16v-5M12 16V6M17 16v-8",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
