// Stands between a program and the server and notes what passes: a program that claims to be connected can be held to it.

import { createServer, request } from 'node:http';

export async function record(url) {
  const target = new URL(url);
  const exchanges = [];
  const server = createServer((incoming, outgoing) => {
    const version = incoming.headers['mcp-protocol-version'];
    const exchange = { verb: incoming.method, path: incoming.url, version, sent: '', answered: '', status: 0 };
    exchanges.push(exchange);
    // Named afresh: the one that came names this port and not the server's.
    const { host, ...headers } = incoming.headers;
    const onward = request({ host: target.hostname, port: target.port, path: incoming.url, method: incoming.method, headers });
    incoming.on('data', (data) => { exchange.sent += data; });
    incoming.pipe(onward);
    onward.on('response', (answer) => {
      exchange.status = answer.statusCode;
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.on('data', (data) => { exchange.answered += data; });
      answer.on('error', () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const results = (method) => exchanges
    .filter((exchange) => message(exchange.sent)?.method === method)
    .flatMap((exchange) => messages(exchange.answered))
    .map((answer) => answer.result)
    .filter(Boolean);
  return {
    url: `http://127.0.0.1:${server.address().port}${target.pathname}`,
    methods: () => exchanges.map((exchange) => message(exchange.sent)?.method).filter(Boolean),
    results,
    // What a handshake settled; without one, what the last request that was answered names.
    era: () => results('initialize').at(-1)?.protocolVersion
      ?? exchanges.findLast((exchange) => exchange.version && exchange.status === 200)?.version,
    account: () => exchanges
      .map(({ verb, path, sent, status }) => `${verb} ${path} ${message(sent)?.method ?? ''} -> ${status}`)
      .join('\n'),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The messages of a JSON answer or of an event stream. */
function messages(body) {
  const lines = body.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5));
  return [body, ...lines].map(message).filter(Boolean);
}

function message(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
