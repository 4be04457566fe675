import type { ProjectStyle } from './project-style.ts';

/** What a file needs of a module. */
export interface Import {
  readonly from: string;
  /** Without names, the module is only loaded. */
  readonly names?: readonly string[];
  /** Types, which only TypeScript imports. */
  readonly types?: readonly string[];
}

/** Returns the lines that import modules, in the way of the project. */
export function writeImports(imports: readonly Import[], style: ProjectStyle): readonly string[] {
  return imports.map(({ from, names = [], types = [] }) => {
    const all = [...names, ...(style.isTypeScript ? types.map((name) => `type ${name}`) : [])];
    const list = all.length === 0 ? '' : `{ ${all.join(', ')} }`;
    if (style.isModule || style.isTypeScript) return `import ${list}${list === '' ? '' : ' from '}'${from}';`;
    return `${list === '' ? '' : `const ${list} = `}require('${from}');`;
  });
}

/** Returns the line that exports a constant, in the way of the project. */
export function writeExport(name: string, value: string, style: ProjectStyle): readonly string[] {
  if (style.isModule || style.isTypeScript) return [`export const ${name} = ${value};`];
  return [`const ${name} = ${value};`, '', `module.exports = { ${name} };`];
}
