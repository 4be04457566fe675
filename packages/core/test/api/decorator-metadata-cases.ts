import 'reflect-metadata/lite';
import { beforeEach, describe, expect, it } from 'vitest';
import { injectKeys, RETRY_METADATA, retryWithApiKeyFallback, type ApiKey } from '../../src/index.ts';
import { acmeKeys, useAllProviders } from './decorator-providers.ts';

type Remark = (target: unknown, context: unknown, descriptor?: PropertyDescriptor) => void;

/** Sets metadata on the method like `SetMetadata` of NestJS, in both decorator modes. */
function remark(key: string, value: unknown): Remark {
  return (target, _context, descriptor) => {
    Reflect.defineMetadata(key, value, (descriptor?.value ?? target) as object);
  };
}

class Service {
  @remark('above', 1)
  @retryWithApiKeyFallback({ provider: 'acme' })
  @remark('below', 2)
  @remark('below-too', { deep: true })
  async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    return `${apiKey} ${prompt}`;
  }

  @remark('plain', true)
  async plain(): Promise<void> {}
}

class Heir extends Service {
  @remark('own', 3)
  @retryWithApiKeyFallback({ provider: 'acme', maxRetries: 1 })
  override async chat(apiKey: ApiKey<'acme'>, prompt: string): Promise<string> {
    return super.chat(apiKey, prompt);
  }
}

export function describeMetadata(): void {
  describe('metadata', () => {
    beforeEach(useAllProviders);

    it('keeps the metadata of decorators above and below', () => {
      const { chat } = Service.prototype;
      expect(Reflect.getMetadata('above', chat)).toBe(1);
      expect(Reflect.getMetadata('below', chat)).toBe(2);
      expect(Reflect.getMetadata('below-too', chat)).toEqual({ deep: true });
    });

    it('marks only decorated methods', () => {
      expect(Reflect.getMetadata(RETRY_METADATA, Service.prototype.chat)).toMatchObject({
        provider: 'acme',
        maxRetries: 3,
      });
      expect(Reflect.hasMetadata(RETRY_METADATA, Service.prototype.plain)).toBe(false);
    });

    it('gives an overriding method its own metadata', () => {
      const { chat } = Heir.prototype;
      expect(Reflect.getMetadata(RETRY_METADATA, chat)).toMatchObject({ maxRetries: 1 });
      expect(Reflect.getMetadata(RETRY_METADATA, Service.prototype.chat)).toMatchObject({ maxRetries: 3 });
      expect(Reflect.getMetadataKeys(chat)).toEqual(expect.arrayContaining(['own', RETRY_METADATA]));
      expect(Reflect.hasMetadata('above', chat)).toBe(false);
    });

    it('still runs the method', async () => {
      await expect(injectKeys(new Heir()).chat('hello')).resolves.toBe(`${acmeKeys[0]} hello`);
    });
  });
}
