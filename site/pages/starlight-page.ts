import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString } from 'mdast-util-to-string';
import { visit } from 'unist-util-visit';

interface Change {
  start: number;
  end: number;
  text: string;
}

export interface StarlightPage {
  title: string;
  description: string;
  /** The text without its title. */
  body: string;
}

const startOf = (node: Nodes): number => node.position?.start.offset ?? 0;
const endOf = (node: Nodes): number => node.position?.end.offset ?? 0;

/** Returns the place of a link's target: after its text, which can contain the same characters. */
function targetChange(text: string, node: Nodes, url: string, resolved: string): Change {
  const lastChild = 'children' in node ? node.children.at(-1) : undefined;
  const after = lastChild ? endOf(lastChild) : startOf(node);
  const opening = text.indexOf(node.type === 'definition' ? ']:' : '](', after);
  const start = text.indexOf(url, opening);
  if (opening === -1 || start === -1 || start + url.length > endOf(node)) {
    throw new Error(`Write the target of this link without escapes: ${text.slice(startOf(node), endOf(node))}`);
  }
  return { start, end: start + url.length, text: resolved };
}

function changesOf(text: string, node: Nodes, resolve: (target: string) => string): Change[] {
  if (node.type === 'html') {
    const html = node.value.replaceAll(
      /(\s(?:href|src|srcset)=")([^"\s]+)/g,
      (_match, before: string, target: string) => before + resolve(target),
    );
    return [{ start: startOf(node), end: endOf(node), text: html }];
  }
  if (node.type !== 'link' && node.type !== 'image' && node.type !== 'definition') return [];
  const resolved = resolve(node.url);
  return resolved === node.url ? [] : [targetChange(text, node, node.url, resolved)];
}

/** Reads a Markdown page: its first heading is the title, its first paragraph the description. */
export function toStarlightPage(text: string, resolve: (target: string) => string): StarlightPage {
  const tree = fromMarkdown(text);
  const heading = tree.children.find((node) => node.type === 'heading' && node.depth === 1);
  if (!heading) throw new Error('Begin the page with a heading: # Title');
  const paragraphs = tree.children.filter((node) => node.type === 'paragraph').map((node) => toString(node));
  const first = paragraphs.find((paragraph) => !paragraph.startsWith('Defined in:')) ?? '';
  const changes: Change[] = [{ start: startOf(heading), end: endOf(heading), text: '' }];
  visit(tree, (node) => {
    changes.push(...changesOf(text, node, resolve));
  });
  let body = text;
  for (const change of changes.toSorted((a, b) => b.start - a.start)) {
    body = body.slice(0, change.start) + change.text + body.slice(change.end);
  }
  const description = first.replaceAll(/\s+/g, ' ');
  return { title: toString(heading), description, body: body.replace(/<!-- source: .* -->\s*$/, '').trim() };
}
