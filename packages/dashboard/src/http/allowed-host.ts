const loopback = ['localhost', '127.0.0.1', '[::1]'];
const pattern = /^(?<name>\[[\da-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i;

/** Whether a text is a host name, with or without a port. */
export function isHost(text: unknown): boolean {
  return typeof text === 'string' && pattern.test(text);
}

/** Whether the host name of a request is that of this computer, or one of the allowed ones. Others can be DNS rebinding. */
export function isAllowedHost(host: string, allowedHosts: readonly string[]): boolean {
  const name = pattern.exec(host)?.groups?.['name']?.toLowerCase();
  if (name === undefined) return false;
  return [...loopback, ...allowedHosts].some((allowed) => [name, host.toLowerCase()].includes(allowed.toLowerCase()));
}

/** The port of a host; '' without one. */
export function portOf(host: string): string {
  return pattern.exec(host)?.groups?.['port'] ?? '';
}

/** The host that a request names. */
export function hostOf({ headers, url }: Request): string {
  return headers.get('host') ?? new URL(url).host;
}
