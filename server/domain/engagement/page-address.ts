const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
const UTM = 'utm_';
const UTM_PARAMETERS_MAX = 10;

/** The path of an address as it stands in it, `/` when it has none. Takes addresses without an origin too. */
export function pathOf(url: string): string {
  const start = ORIGIN.exec(url)?.[0].length ?? 0;
  const end = url.slice(start).search(/[?#]/);
  const path = end < 0 ? url.slice(start) : url.slice(start, start + end);
  return path === '' ? '/' : path;
}

/** The first value of a query parameter, decoded. */
export function queryParameter(url: string, name: string): string | undefined {
  return queryPairs(url).find(([key]) => key === name)?.[1];
}

/** Campaign parameters (`utm_source=x` as `source`), or nothing when there are none. */
export function campaignOf(url: string): Map<string, string> | undefined {
  if (!url.includes(UTM)) return undefined;
  const found = new Map<string, string>();
  for (const [key, value] of queryPairs(url)) {
    const name = key.slice(UTM.length);
    if (!key.startsWith(UTM) || name === '' || found.has(name) || found.size >= UTM_PARAMETERS_MAX) continue;
    found.set(name, value);
  }
  return found.size === 0 ? undefined : found;
}

function queryPairs(url: string): (readonly [string, string])[] {
  const fragment = url.indexOf('#');
  const address = fragment < 0 ? url : url.slice(0, fragment);
  const mark = address.indexOf('?');
  if (mark < 0) return [];
  return address
    .slice(mark + 1)
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? ([decoded(pair), ''] as const)
        : ([decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))] as const);
    });
}

/** As forms are encoded; what is no valid encoding stays as it is. */
function decoded(part: string): string {
  if (!/[%+]/.test(part)) return part;
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return part;
  }
}
