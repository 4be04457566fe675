import { ApiKeyFallbackError } from '@api-key-fallback/core';
import { readField, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { importFromProject } from './import-from-project.ts';
import type { KnownProvider } from './known-providers.ts';

type Probe = NonNullable<ProviderAdapter['probe']>;

/** Imports the adapter of a provider whose package the project has. `rapidApi` is the API that RapidAPI is asked with. */
export async function importAdapter(
  directory: string,
  { name, packageName, adapterExport }: KnownProvider,
  rapidApi?: string,
): Promise<ProviderAdapter> {
  const module = await importFromProject(directory, packageName);
  const make = readField(module, 'openAICompatible') as ((name: string) => ProviderAdapter) | undefined;
  const adapter = adapterExport === undefined ? make?.(name) : readField(module, adapterExport);
  const probeOf = readField(module, 'rapidApiProbe') as
    | ((host: string, options: { path: string }) => Probe)
    | undefined;
  if (adapter !== undefined) return withProbe(adapter as ProviderAdapter, probeOf, rapidApi);
  throw new ApiKeyFallbackError(
    `${packageName} of the project is another version than this program.`,
    'INVALID_OPTIONS',
  );
}

function withProbe(
  adapter: ProviderAdapter,
  probeOf: ((host: string, options: { path: string }) => Probe) | undefined,
  rapidApi: string | undefined,
): ProviderAdapter {
  if (probeOf === undefined || rapidApi === undefined) return adapter;
  const [host = '', ...path] = rapidApi.replace(/^https:\/\//, '').split('/');
  return { ...adapter, probe: probeOf(host, { path: `/${path.join('/')}` }) };
}
