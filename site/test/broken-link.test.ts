import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const site = join(import.meta.dirname, '..');
// Below the site's folder, so that its project finds the dependencies.
const project = join(site, '.generated/broken-link');

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

/** Builds a site of two pages, where the first one ends with a link. */
function buildWith(link: string): { status: number | null; output: string } {
  write('repository/docs/start/first.md', `# First\n\nThis page has a link: ${link}\n`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(site, 'node_modules/astro/bin/astro.mjs'), 'build', '--root', project],
    { cwd: project, encoding: 'utf8', env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' } },
  );
  return { status, output: stdout + stderr };
}

beforeAll(() => {
  rmSync(project, { recursive: true, force: true });
  cpSync(join(site, 'src/content.config.ts'), join(project, 'src/content.config.ts'), { recursive: true });
  cpSync(join(site, 'src/styles'), join(project, 'src/styles'), { recursive: true });
  write('repository/docs/guides/second.md', '# Second\n\nA page.\n\n## A part\n\nText.\n');
  write(
    'astro.config.ts',
    `import { siteConfig } from '../../site-config.ts';\n\nexport default siteConfig(import.meta.dirname + '/repository');\n`,
  );
});

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

it('a site builds when its links lead to pages and headings', () => {
  const { status, output } = buildWith('[second](../guides/second.md#a-part)');
  expect(output).toContain('All internal links are valid.');
  expect(status).toBe(0);
});

it('a link to a heading that does not exist fails the build', () => {
  const { status, output } = buildWith('[second](../guides/second.md#another-part)');
  expect(output).toContain('/api-key-fallback/guides/second/#another-part');
  expect(output).toContain('Links validation failed.');
  expect(status).not.toBe(0);
});

it('a link to a file that does not exist fails the build', () => {
  const { status, output } = buildWith('[third](../guides/third.md)');
  expect(output).toContain(
    'docs/start/first.md: the link ../guides/third.md is broken: docs/guides/third.md does not exist.',
  );
  expect(status).not.toBe(0);
});
