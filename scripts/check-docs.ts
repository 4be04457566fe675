import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// Type-checks every ```ts block of the documentation, except blocks marked ```ts no-check.

const root = join(import.meta.dirname, '..');
// Inside the examples package, so that imports resolve as they do for a user.
const folder = 'examples/.docs-check';
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/*.md'], { cwd: root });
const block = /^[ \t]*```(?:ts|typescript)[ \t]*\n(.*?)^[ \t]*```/gms;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

rmSync(join(root, folder), { recursive: true, force: true });
write(`${folder}/tsconfig.json`, JSON.stringify({ extends: '../../tsconfig.base.json', include: ['**/*.ts'] }));

let blocks = 0;
for (const page of pages) {
  const text = readFileSync(join(root, page), 'utf8');
  for (const { index, 1: code } of text.matchAll(block)) {
    const line = text.slice(0, index).split('\n').length;
    write(`${folder}/${page}-L${line}.ts`, `${code}\nexport {};\n`);
    blocks += 1;
  }
}

const compiler = spawnSync('tsc', ['-p', join(folder, 'tsconfig.json')], { cwd: root, encoding: 'utf8' });
const output = compiler.stdout.replaceAll(
  /^examples\/\.docs-check\/(.+)-L(\d+)\.ts\((\d+),(\d+)\)/gm,
  (_match, page: string, start: string, line: string, column: string) =>
    `${page}:${Number(start) + Number(line)}:${column}`,
);
console.log(output + `${blocks} code blocks in ${pages.length} pages checked.`);
process.exitCode = compiler.status ?? 1;
