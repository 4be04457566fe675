// Runs in a separate process: imports the given package and prints the memory in use.

const [, , specifier] = process.argv;
if (specifier !== undefined) await import(specifier);
const { rss, heapUsed } = process.memoryUsage();
process.stdout.write(JSON.stringify({ rss, heapUsed }));
