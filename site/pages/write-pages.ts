import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiFolder, landingPages, type PageSource } from './page-source.ts';
import { linkResolver, repositoryUrl, type ResolveLink } from './resolve-link.ts';
import { toStarlightPage } from './starlight-page.ts';

export interface Site {
  /** The root of the repository. */
  root: string;
  /** The path of the site at its host. */
  base: string;
  /** The folder of Astro's project. */
  folder: string;
}

const landingFiles = new Set(landingPages.map(({ file }) => file));

/** Returns the text of a page. A landing page shows the class of README's first example. */
function readPage(root: string, file: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  if (!landingFiles.has(file)) return text;
  const readme = readFileSync(join(root, file.endsWith('pt-BR.md') ? 'README.pt-BR.md' : 'README.md'), 'utf8');
  const example = /^class ChatService .*?(?=^```$)/ms.exec(readme)?.[0];
  if (example === undefined) throw new Error(`${file}: README shows no class ChatService any more.`);
  return text.replace('<!-- The example of README -->', () => `\`\`\`ts\n${example}\`\`\``);
}

function renderPage(root: string, { file }: PageSource, resolve: ResolveLink): string {
  const { title, description, body } = toStarlightPage(readPage(root, file), (target) => resolve(file, target));
  const isGenerated = file.startsWith(apiFolder) || landingFiles.has(file);
  const editUrl = isGenerated ? 'false' : JSON.stringify(`${repositoryUrl}/edit/main/${file}`);
  const matter = [`title: ${JSON.stringify(title)}`, `editUrl: ${editUrl}`];
  if (description !== '') matter.push(`description: ${JSON.stringify(description)}`);
  return `---\n${matter.join('\n')}\n---\n\n${body}\n`;
}

/** Writes the pages as Starlight reads them, and the images. Files that stay as they are keep their time. */
export function writePages({ root, base, folder }: Site, sources: readonly PageSource[]): void {
  const resolve = linkResolver(root, base, sources);
  const out = join(folder, 'src/content/docs');
  const kept = new Set<string>();
  for (const source of sources) {
    const path = join(out, source.route, 'index.md');
    const text = renderPage(root, source, resolve);
    kept.add(path);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const file of globSync('**/*.md', { cwd: out })) {
    if (!kept.has(join(out, file))) rmSync(join(out, file));
  }
  if (existsSync(join(root, 'docs/images')))
    cpSync(join(root, 'docs/images'), join(folder, 'public/images'), { recursive: true });
}
