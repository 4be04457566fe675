import { describe, expect, it } from 'vitest';
import { retryWithApiKeyFallback, type ApiKey } from '../../src/index.ts';

const withAcme = retryWithApiKeyFallback({ provider: 'acme' });

function answer(apiKey: ApiKey<'acme'>): Promise<string> {
  return Promise.resolve(apiKey);
}

/** Members that cannot be decorated. Defining their class throws. */
export function describeMembers(): void {
  describe('what is not a method', () => {
    it('cannot be a field', () => {
      const define = () => {
        class Service {
          // @ts-expect-error a field
          @withAcme
          chat = answer;
        }
        return Service;
      };
      expect(define).toThrow(TypeError);
      expect(define).toThrow(/@retryWithApiKeyFallback.*chat/);
    });

    it('cannot be a static field', () => {
      const define = () => {
        class Service {
          // @ts-expect-error a field
          @withAcme
          static chat = answer;

          readonly topic = 'weather';
        }
        return Service;
      };
      expect(define).toThrow(TypeError);
      expect(define).toThrow(/@retryWithApiKeyFallback.*chat/);
    });

    it('cannot be a setter', () => {
      const define = () => {
        class Service {
          received: unknown;

          // @ts-expect-error a setter
          @withAcme
          set chat(value: ApiKey<'acme'>) {
            this.received = value;
          }
        }
        return Service;
      };
      expect(define).toThrow(TypeError);
      expect(define).toThrow(/@retryWithApiKeyFallback.*chat/);
    });

    it('cannot be a getter of a value', () => {
      const define = () => {
        class Service {
          // @ts-expect-error a getter
          @withAcme
          get chat(): string {
            return 'hello';
          }
        }
        return Service;
      };
      expect(define).toThrow(TypeError);
      expect(define).toThrow(/@retryWithApiKeyFallback.*chat/);
    });

    it('cannot be a class', () => {
      const define = () => {
        // @ts-expect-error a class
        @withAcme
        class Service {
          readonly topic = 'weather';
        }
        return Service;
      };
      expect(define).toThrow(TypeError);
      expect(define).toThrow('@retryWithApiKeyFallback');
    });
  });
}
