/**
 * Extends a lease if the caller still holds it, and writes its note. Returns whether it did.
 *
 * KEYS: the lease, its note. ARGV: the token, ms to hold the lease, ms to keep the note, and the note if it is a new one.
 */
export const renewScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[4] then redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[3]) else redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

/** Releases a lease if the caller still holds it. KEYS: the lease. ARGV: its token. */
export const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;
