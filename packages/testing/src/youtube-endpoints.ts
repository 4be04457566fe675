import type { ProviderRequest } from './provider-request.ts';
import { jsonAnswer, type WireAnswer } from './wire-answer.ts';
import { googleErrorBody } from './google-error-body.ts';

type Query = Readonly<Record<string, string>>;

const headers = { 'content-type': 'application/json; charset=UTF-8' };
const publishedAt = '2024-05-01T12:00:00Z';

/** Returns YouTube's response to a request with a valid key. Every requested video and channel exists. */
export function answerYouTube(request: ProviderRequest): WireAnswer {
  const query = request.query ?? {};
  switch (`${request.method} ${request.path}`) {
    case 'GET /youtube/v3/videos':
      return listById('video', query, ['id', 'chart', 'myRating'], describeVideo);
    case 'GET /youtube/v3/channels':
      return listById('channel', query, ['id', 'forHandle', 'forUsername', 'mine'], describeChannel);
    case 'GET /youtube/v3/search':
      return search(query);
    default:
      return jsonAnswer(404, googleErrorBody(404, 'Method not found.', 'notFound', { status: 'NOT_FOUND' }), headers);
  }
}

function listById(
  kind: 'video' | 'channel',
  query: Query,
  filters: readonly string[],
  describe: (id: string, name: string) => object,
): WireAnswer {
  if (!query.part) return missingParameter('Required parameter: part', 'part');
  if (!filters.some((name) => query[name])) {
    return missingParameter(`No filter selected. Expected one of: ${filters.join(', ')}`, 'parameters.');
  }
  const parts = query.part.split(',');
  const ids = query.id?.split(',') ?? madeUpIds(kind, query.chart ? resultCount(query) : 1);
  const items = ids.map((id) => {
    const name = query.forHandle ?? query.forUsername ?? id;
    const requestedParts = Object.entries(describe(id, name)).filter(([part]) => parts.includes(part));
    return { kind: `youtube#${kind}`, etag: etagOf(id), id, ...Object.fromEntries(requestedParts) };
  });
  return listAnswer(kind, items);
}

function search(query: Query): WireAnswer {
  if (!query.part) return missingParameter('Required parameter: part', 'part');

  const [kind = 'video'] = query.type?.split(',') ?? [];
  const withSnippet = query.part.split(',').includes('snippet');
  const items = madeUpIds(kind, resultCount(query)).map((id, index) => ({
    kind: 'youtube#searchResult',
    etag: etagOf(id),
    id: { kind: `youtube#${kind}`, [`${kind}Id`]: id },
    ...(withSnippet && { snippet: describeSnippet(id, `${query.q ?? 'Result'} ${index + 1}`) }),
  }));
  return listAnswer('search', items, { regionCode: query.regionCode ?? 'US' });
}

function listAnswer(kind: string, items: readonly object[], more: object = {}): WireAnswer {
  const pageInfo = { totalResults: items.length, resultsPerPage: items.length };
  return jsonAnswer(
    200,
    { kind: `youtube#${kind}ListResponse`, etag: etagOf(kind), ...more, pageInfo, items },
    headers,
  );
}

function missingParameter(message: string, location: string): WireAnswer {
  const entry = { location, locationType: location === 'part' ? 'parameter' : 'other' };
  const more = { domain: 'youtube.parameter', entry };
  return jsonAnswer(400, googleErrorBody(400, message, 'missingRequiredParameter', more), headers);
}

function describeVideo(id: string): object {
  return {
    snippet: { ...describeSnippet(id, `Video ${id}`), categoryId: '22' },
    contentDetails: {
      duration: 'PT3M33S',
      dimension: '2d',
      definition: 'hd',
      caption: 'false',
      licensedContent: false,
    },
    statistics: { viewCount: '1000', likeCount: '100', favoriteCount: '0', commentCount: '10' },
    status: {
      uploadStatus: 'processed',
      privacyStatus: 'public',
      license: 'youtube',
      embeddable: true,
      madeForKids: false,
    },
  };
}

function describeChannel(id: string, name: string): object {
  const title = `Channel ${name}`;
  return {
    snippet: {
      title,
      description: `About ${title}`,
      customUrl: `@${name.replace(/^@/, '')}`,
      publishedAt,
      country: 'US',
    },
    contentDetails: { relatedPlaylists: { likes: '', uploads: id.replace(/^UC/, 'UU') } },
    statistics: { viewCount: '100000', subscriberCount: '1000', hiddenSubscriberCount: false, videoCount: '50' },
  };
}

function describeSnippet(id: string, title: string): object {
  return {
    publishedAt,
    channelId: 'UC0000000000000000000001',
    title,
    description: `About ${title}`,
    thumbnails: { default: { url: `https://i.ytimg.com/vi/${id}/default.jpg`, width: 120, height: 90 } },
    channelTitle: 'Channel 1',
    liveBroadcastContent: 'none',
  };
}

function resultCount(query: Query): number {
  return Number(query.maxResults ?? 5);
}

/** Makes ids with the length of real ones: 11 characters for a video, 24 for a channel. */
function madeUpIds(kind: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1);
    return kind === 'video' ? `video-${number.padStart(5, '0')}` : `UC${number.padStart(22, '0')}`;
  });
}

function etagOf(text: string): string {
  return Buffer.from(text).toString('base64url');
}
