import Anthropic from '@anthropic-ai/sdk';
import { createOpenAI } from '@ai-sdk/openai';
import { GoogleGenAI } from '@google/genai';
import { youtube } from '@googleapis/youtube';
import { APICallError, generateText, RetryError } from 'ai';
import axios, { type AxiosRequestConfig } from 'axios';
import got from 'got';
import ky from 'ky';
import nodeFetch from 'node-fetch';
import { ofetch } from 'ofetch';
import OpenAI from 'openai';
import superagent from 'superagent';
import { Agent, interceptors, request as undiciRequest } from 'undici';

/** How a request ends early. */
export interface ClientRequestInit {
  readonly signal?: AbortSignal;
  /** The client's own timeout, in ms; only for clients that have one. */
  readonly timeoutMs?: number;
}

/** A real HTTP client, used as applications use it, without its own retries. */
export interface HttpClient {
  readonly name: string;
  /**
   * Sends one request. Rejects with the client's own error for a status of 400 or more, and without a response.
   *
   * SDKs append the path of an endpoint, so the server must respond the same to every path and method.
   */
  readonly request: (url: string, init?: ClientRequestInit) => Promise<unknown>;
  /** Whether the client has a timeout of its own, and a short one is punctual. */
  readonly hasTimeout: boolean;
}

const apiKey = 'made-up-key-0123456789';
const model = 'model';
const prompt = 'Hello';

/** Leaves out options that are `undefined`, because some clients do not accept them. */
function given<Options extends object>(options: Options): { [Name in keyof Options]?: NonNullable<Options[Name]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Options]?: NonNullable<Options[Name]> };
}

function openai(url: string, { signal, timeoutMs }: ClientRequestInit = {}): Promise<unknown> {
  const client = new OpenAI({ apiKey, baseURL: url, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: prompt }];
  return client.chat.completions.create({ model, messages }, given({ signal, timeout: timeoutMs }));
}

function anthropic(url: string, { signal, timeoutMs }: ClientRequestInit = {}): Promise<unknown> {
  const client = new Anthropic({ apiKey, baseURL: url, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: prompt }];
  return client.messages.create({ model, messages, max_tokens: 9 }, given({ signal, timeout: timeoutMs }));
}

function googleGenAI(url: string, { signal, timeoutMs }: ClientRequestInit = {}): Promise<unknown> {
  const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url, ...given({ timeout: timeoutMs }) } });
  return client.models.generateContent({ model, contents: prompt, config: given({ abortSignal: signal }) });
}

function googleApis(url: string, { signal, timeoutMs }: ClientRequestInit = {}): Promise<unknown> {
  const client = youtube({ version: 'v3', auth: apiKey, rootUrl: `${url}/`, retry: false });
  return client.videos.list({ part: ['id'], id: ['id'] }, given({ signal, timeout: timeoutMs }));
}

function aiSdk(url: string, { signal, timeoutMs }: ClientRequestInit = {}): Promise<unknown> {
  const provider = createOpenAI({ apiKey, baseURL: url });
  const options = given({ abortSignal: signal, timeout: timeoutMs });
  return generateText({ model: provider(model), prompt, maxRetries: 0, ...options });
}

/** The error of the AI SDK after its own retries, without their pauses. */
async function aiSdkAfterRetries(url: string, init?: ClientRequestInit): Promise<unknown> {
  try {
    return await aiSdk(url, init);
  } catch (error) {
    if (!APICallError.isInstance(error)) throw error;
    const message = `Failed after 2 attempts. Last error: ${error.message}`;
    throw new RetryError({ message, reason: 'maxRetriesExceeded', errors: [error, error] });
  }
}

/** `fetch` throws no error for a status, so applications make one. */
async function fetchByStatus(url: string, { signal }: ClientRequestInit = {}): Promise<unknown> {
  const response = await fetch(url, given({ signal }));
  if (response.ok) return response.text();
  const { status, headers } = response;
  await response.body?.cancel();
  throw Object.assign(new Error(`HTTP ${status}`), { status, headers });
}

async function fetchWithBody(url: string, { signal }: ClientRequestInit = {}): Promise<unknown> {
  const response = await fetch(url, given({ signal }));
  const body = await response.text();
  if (response.ok) return body;
  const { status, headers } = response;
  throw Object.assign(new Error(`HTTP ${status}`), { status, headers, body });
}

async function nodeFetchWithBody(url: string, { signal }: ClientRequestInit = {}): Promise<unknown> {
  const response = await nodeFetch(url, given({ signal }));
  const body = await response.text();
  if (response.ok) return body;
  const { status, headers } = response;
  throw Object.assign(new Error(`HTTP ${status}`), { status, headers, body });
}

async function undici(url: string, { signal }: ClientRequestInit = {}): Promise<unknown> {
  const agent = new Agent();
  const dispatcher = agent.compose(interceptors.responseError());
  try {
    const { body } = await undiciRequest(url, { dispatcher, ...given({ signal }) });
    return await body.text();
  } finally {
    await agent.destroy();
  }
}

function axiosWith(config: AxiosRequestConfig): HttpClient['request'] {
  return (url, { signal, timeoutMs } = {}) => axios.get(url, { ...config, ...given({ signal, timeout: timeoutMs }) });
}

async function gotRequest(url: string, { signal, timeoutMs }: ClientRequestInit = {}): Promise<unknown> {
  const timeout = timeoutMs === undefined ? {} : { timeout: { request: timeoutMs } };
  return got(url, { retry: { limit: 0 }, ...given({ signal }), ...timeout });
}

async function kyRequest(url: string, { signal, timeoutMs }: ClientRequestInit = {}): Promise<unknown> {
  return ky(url, { retry: 0, ...given({ signal, timeout: timeoutMs }) }).text();
}

function ofetchRequest(url: string, { signal, timeoutMs }: ClientRequestInit = {}): Promise<unknown> {
  return ofetch(url, { retry: 0, ...given({ signal, timeout: timeoutMs }) });
}

async function superagentRequest(url: string, { signal, timeoutMs }: ClientRequestInit = {}): Promise<unknown> {
  const request = superagent.get(url);
  if (timeoutMs !== undefined) request.timeout(timeoutMs);
  signal?.addEventListener('abort', () => void request.abort());
  return request;
}

/** The clients that most applications use. */
export const httpClients: readonly HttpClient[] = [
  { name: 'openai', request: openai, hasTimeout: true },
  { name: '@anthropic-ai/sdk', request: anthropic, hasTimeout: true },
  { name: '@google/genai', request: googleGenAI, hasTimeout: true },
  { name: '@googleapis/youtube', request: googleApis, hasTimeout: true },
  { name: 'ai (APICallError)', request: aiSdk, hasTimeout: true },
  { name: 'ai (RetryError)', request: aiSdkAfterRetries, hasTimeout: true },
  { name: 'fetch, by status', request: fetchByStatus, hasTimeout: false },
  { name: 'fetch, with the body', request: fetchWithBody, hasTimeout: false },
  { name: 'node-fetch', request: nodeFetchWithBody, hasTimeout: false },
  { name: 'undici', request: undici, hasTimeout: false },
  { name: 'axios', request: axiosWith({}), hasTimeout: true },
  { name: 'axios, as text', request: axiosWith({ responseType: 'text' }), hasTimeout: true },
  { name: 'axios, as an ArrayBuffer', request: axiosWith({ responseType: 'arraybuffer' }), hasTimeout: true },
  { name: 'axios, through fetch', request: axiosWith({ adapter: 'fetch' }), hasTimeout: true },
  { name: 'got', request: gotRequest, hasTimeout: true },
  { name: 'ky', request: kyRequest, hasTimeout: true },
  { name: 'ofetch', request: ofetchRequest, hasTimeout: true },
  { name: 'superagent', request: superagentRequest, hasTimeout: true },
];
