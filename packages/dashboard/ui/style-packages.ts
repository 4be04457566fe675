import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packageImport = /@(?:import|plugin) '((?:@[^/']+\/)?[^./'][^/']*)/g;

/** Returns the folders of the packages that the styles import: Tailwind writes parts of them into the page's CSS. */
export function stylePackages(): string[] {
  const styles = globSync('src/**/*.css', { cwd: import.meta.dirname });
  const names = styles.flatMap((file) =>
    [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(packageImport)].map(([, name]) => name ?? ''),
  );
  return [...new Set(names)].map((name) => join(import.meta.dirname, '..', 'node_modules', name));
}
