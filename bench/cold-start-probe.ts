// Runs in a process of its own: imports what it is told to, and says how much memory that has taken.

const [, , specifier] = process.argv;
if (specifier !== undefined) await import(specifier);
const { rss, heapUsed } = process.memoryUsage();
process.stdout.write(JSON.stringify({ rss, heapUsed }));
