import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1';
import { Secret, Service, type IContainer, type ISecret, type IService } from 'kubernetes-models/v1';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { recipes } from './recipe-process.ts';

const folder = join(recipes, 'kubernetes');
const kinds = { Deployment, Secret, Service };

type Manifest = IDeployment | ISecret | IService;

/** The objects of all manifests, parsed as Kubernetes does: in YAML 1.1 `0440` is octal. */
export const manifests: readonly Manifest[] = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8'), { version: '1.1' }))
  .map((document) => document.toJSON() as Manifest);

function named<Kind extends Manifest>(kind: Kind['kind'], name: string): Kind {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata?.name === name);
  if (!found) throw new Error(`No ${kind} is named ${name}.`);
  return found as Kind;
}

export const deployment = (name: string): IDeployment => named<IDeployment>('Deployment', name);
export const service = (name: string): IService => named<IService>('Service', name);
export const secret = (name: string): ISecret => named<ISecret>('Secret', name);

export function containerOf(name: string): IContainer {
  const [container] = deployment(name).spec?.template.spec?.containers ?? [];
  if (!container) throw new Error(`The Deployment ${name} has no container.`);
  return container;
}

/** @throws if the schema of Kubernetes refuses the object. It lets unknown fields pass. */
export function validate(manifest: Manifest): void {
  new kinds[manifest.kind](manifest as never).validate();
}

/** What the types of Kubernetes say of objects, unknown fields included. */
export function typeErrors(objects: readonly Manifest[]): string[] {
  const file = join(import.meta.dirname, 'typed-manifests.ts');
  const lines = objects.map((object, index) => `export const m${index}: ${object.kind} = ${JSON.stringify(object)};`);
  const imports = [
    `import type { IDeployment as Deployment } from 'kubernetes-models/apps/v1';`,
    `import type { ISecret as Secret, IService as Service } from 'kubernetes-models/v1';`,
  ];
  const options = { strict: true, skipLibCheck: true, noEmit: true, types: [], module: ts.ModuleKind.NodeNext };
  const host = ts.createCompilerHost(options);
  const original = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, [...imports, ...lines].join('\n'), rest[0]) : original(name, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
