import { hostOf } from './allowed-hosts.ts';

/** Whether a request comes from another site, or from another port of this one. Pages cannot change these headers. */
export function isFromOtherSite(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  return site === 'cross-site' || site === 'same-site';
}

/** Whether a request comes from a page of the same origin, or from no page. */
export function isFromOwnPage(request: Request): boolean {
  return (
    request.headers.get('sec-fetch-site') === 'same-origin' || (!isFromOtherSite(request) && hasOwnOrigin(request))
  );
}

/** Whether the origin, if there is one, is the host of the request. Behind a proxy the scheme can differ. */
export function hasOwnOrigin(request: Request): boolean {
  const origin = request.headers.get('origin');
  return origin === null || URL.parse(origin)?.host === hostOf(request).toLowerCase();
}
