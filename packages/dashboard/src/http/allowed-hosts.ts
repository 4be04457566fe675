import { isIPv4, isIPv6 } from 'node:net';

const ofThisComputer = ['localhost', '127.0.0.1', '[::1]'];
const pattern = /^(?<name>\[[\da-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i;

/** Whether a text is a host name, with or without a port. */
export function isHost(text: unknown): boolean {
  return typeof text === 'string' && pattern.test(text);
}

/** Whether a server at this address can be reached from this computer alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** The host as an address names it. */
export function nameInAddress(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The host names that a request may have: those of this computer, and others that are allowed. The rest can be DNS rebinding. */
export class AllowedHosts {
  readonly #names: Set<string>;
  #areAddressesAllowed = false;

  /** The names are with or without a port. */
  constructor(names: readonly string[]) {
    this.#names = new Set([...ofThisComputer, ...names].map((name) => name.toLowerCase()));
  }

  /** Allows what leads to a server that listens there. */
  addServer(host: string): void {
    this.#names.add(nameInAddress(host).toLowerCase());
    // A server beyond this computer can have any address, for example behind NAT. No name leads to an address by rebinding.
    if (!isLoopback(host)) this.#areAddressesAllowed = true;
  }

  has(host: string): boolean {
    const name = pattern.exec(host)?.groups?.['name']?.toLowerCase();
    if (name === undefined) return false;
    return (
      this.#names.has(name) || this.#names.has(host.toLowerCase()) || (this.#areAddressesAllowed && isAddress(name))
    );
  }
}

function isAddress(name: string): boolean {
  return isIPv4(name) || (name.startsWith('[') && isIPv6(name.slice(1, -1)));
}

/** The port of a host; '' without one. */
export function portOf(host: string): string {
  return pattern.exec(host)?.groups?.['port'] ?? '';
}

/** The host that a request names. */
export function hostOf({ headers, url }: Request): string {
  return headers.get('host') ?? new URL(url).host;
}
