const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** `"128Mi"` as bytes, rounded up. The text is one that the Score schema lets through. */
export function memoryBytesOf(text: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(text) ?? []
  return Math.ceil(Number(number) * (UNITS[unit] ?? 1))
}

/** `"0.5"` and `"500m"` as 500 thousandths of a CPU, rounded up. */
export function cpuMillicoresOf(text: string): number {
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Math.ceil(Number(text) * 1_000)
}
