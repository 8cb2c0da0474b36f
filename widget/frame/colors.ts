type Rgb = readonly [red: number, green: number, blue: number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const FALLBACK: Rgb = [36, 86, 166];
/** WCAG 2.2, 1.4.3: least contrast of text. */
const TEXT_CONTRAST = 4.5;

/** Colours that go with a site's own one, as CSS values. */
export interface Palette {
  readonly primary: string;
  /** Text on `primary`. */
  readonly onPrimary: string;
  /** The site's colour, darkened until it can be read as text on white. */
  readonly accent: string;
}

function parseHex(color: string): Rgb {
  const digits = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  if (digits === undefined) return FALLBACK;
  const value = Number.parseInt(digits, 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function toCss(color: Rgb): string {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance, 0 to 1, by the definition of WCAG 2.2. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function darkenUntilReadable(color: Rgb): Rgb {
  let current = color;
  while (contrast(current, WHITE) < TEXT_CONTRAST) {
    current = current.map((part) => Math.floor(part * 0.95)) as unknown as Rgb;
  }
  return current;
}

/** WCAG contrast of two `#rrggbb` colours, 1 to 21. */
export function contrastOf(a: string, b: string): number {
  return contrast(parseHex(a), parseHex(b));
}

/** Makes readable colours of whatever colour a site has chosen. */
export function paletteOf(primaryColor: string): Palette {
  const primary = parseHex(primaryColor);
  const onPrimary = contrast(primary, WHITE) >= TEXT_CONTRAST ? WHITE : BLACK;
  return {
    primary: toCss(primary),
    onPrimary: toCss(onPrimary),
    accent: toCss(darkenUntilReadable(primary)),
  };
}
