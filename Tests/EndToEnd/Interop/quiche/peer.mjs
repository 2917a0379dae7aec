// A peer on quiche for the interoperability tests. It talks to the test in lines of JSON.
//   node peer.mjs client PORT ALPN HASH   connects, runs every exchange below, and says what it saw
//   node peer.mjs server ALPN             reads {"key","cert"} as PEM from its input, says {"ready": port}, and serves until its input ends
// The first byte of a stream says what its opener wants: E echo, R reset the answer with code 9, S stop reading with code 11 and end the
// answer, C close the connection with code 43. A unidirectional stream's bytes come back on one that the other end opens.
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';
import Logger, { LogLevel } from '@matrixai/logger';
import { QUICClient, QUICServer, events } from '@matrixai/quic';

const HOST = '127.0.0.1';
const PART = 16_384;
const WRITE_CODE = 9;
const READ_CODE = 11;
const CERTIFICATE_UNKNOWN = 0x100 + 46;
const logger = new Logger("peer", LogLevel.SILENT);
const codes = {
  reasonToCode: (_type, reason) => (typeof reason?.code === 'number' ? reason.code : 0),
  codeToReason: (type, code) => Object.assign(new Error(`${type} ${code}`), { code }),
};
const limits = { maxIdleTimeout: 20_000, initialMaxStreamsBidi: 64, initialMaxStreamsUni: 16, enableEarlyData: false };

const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');
const coded = (code) => Object.assign(new Error('aborted'), { code });

async function readAll(readable) {
  const parts = [];
  for await (const part of readable) parts.push(part);
  return Buffer.concat(parts);
}

async function exchange(connection, bytes) {
  const stream = connection.newStream('bidi');
  const writer = stream.writable.getWriter();
  const writing = (async () => {
    const all = Buffer.concat([Buffer.from('E'), bytes]);
    for (let at = 0; at < all.length; at += PART) await writer.write(all.subarray(at, at + PART));
    await writer.close();
  })();
  const [received] = await Promise.all([readAll(stream.readable), writing]);
  return received.equals(bytes);
}

// The code with which the other end gave a direction up.
async function codeOf(attempt) {
  try {
    await attempt();
    return null;
  } catch (error) {
    return error?.code ?? error?.cause?.code ?? String(error);
  }
}

async function beReset(connection) {
  const stream = connection.newStream('bidi');
  const writer = stream.writable.getWriter();
  await writer.write(Buffer.from('R'));
  const code = await codeOf(() => readAll(stream.readable));
  // This binding does not always finish a close, or show a STOP_SENDING, of a stream that is over the other way: neither is waited for.
  writer.close().catch(() => {});
  return code;
}

async function resetOne(connection) {
  const stream = connection.newStream('bidi');
  const writer = stream.writable.getWriter();
  await writer.write(Buffer.from('E-and-then-not'));
  writer.abort(coded(7)).catch(() => {});
}

async function client(port, alpn, hash) {
  let closed;
  const over = new Promise((resolve) => { closed = resolve; });
  const peer = await QUICClient.createQUICClient({
    host: HOST,
    port: Number(port),
    crypto: { ops: { randomBytes: async (data) => { webcrypto.getRandomValues(new Uint8Array(data)); } } },
    config: {
      ...limits,
      applicationProtos: [alpn],
      verifyPeer: true,
      verifyCallback: async ([leaf]) => (createHash('sha256').update(leaf).digest('hex') === hash ? undefined : CERTIFICATE_UNKNOWN),
    },
    logger,
    ...codes,
  });
  const { connection } = peer;
  const arrived = [];
  let wake = () => {};
  connection.addEventListener(events.EventQUICConnectionStream.name, (event) => { arrived.push(event.detail); wake(); });
  connection.addEventListener(events.EventQUICConnectionClose.name, (event) => closed(event.detail?.data));

  const sizes = [0, 1, 255, 1200, 1453, 16_384, 65_536, 100_000];
  const echoed = await Promise.all([...sizes, ...sizes, ...sizes].map((size) => exchange(connection, randomBytes(size))));
  say({ echoed: echoed.filter(Boolean).length });
  say({ large: await exchange(connection, randomBytes(2 << 20)) });

  const sent = randomBytes(5000);
  const uni = connection.newStream('uni');
  const writer = uni.writable.getWriter();
  const answer = arrived.length > 0 ? Promise.resolve() : new Promise((resolve) => { wake = resolve; });
  await writer.write(sent);
  await writer.close();
  await answer;
  say({ unidirectional: (await readAll(arrived[0].readable)).equals(sent) });
  say({ reset: await beReset(connection) });
  await resetOne(connection);
  say({ done: true });
  // The test closes the connection.
  const end = await over;
  say({ closed: { code: end?.errorCode, isApp: end?.isApp, reason: Buffer.from(end?.reason ?? []).toString() } });
  await peer.destroy({ force: true }).catch(() => {});
}

async function serveStream(connection, stream) {
  if (stream.type === 'uni') {
    const bytes = await readAll(stream.readable);
    const writer = connection.newStream('uni').writable.getWriter();
    await writer.write(bytes);
    await writer.close();
    return;
  }

  const reader = stream.readable.getReader();
  const writer = stream.writable.getWriter();
  let isFirst = true;
  let closes = false;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    let bytes = value;
    if (isFirst) {
      const wish = String.fromCharCode(value[0]);
      if (wish === 'R') {
        await writer.abort(coded(WRITE_CODE));
        for (let rest = await reader.read(); !rest.done;) rest = await reader.read();
        return;
      }
      if (wish === 'S') {
        await reader.cancel(coded(READ_CODE));
        await writer.close();
        return;
      }
      closes = wish === 'C';
      bytes = value.subarray(1);
      isFirst = false;
    }
    if (bytes.length > 0) await writer.write(bytes);
  }
  await writer.close();
  // With no stream left the binding closes at once.
  if (closes) await connection.stop({ isApp: true, errorCode: 43, reason: Buffer.from('enough') });
}

async function server(alpn) {
  const lines = createInterface({ input: process.stdin });
  const identity = JSON.parse(await new Promise((resolve) => { lines.once('line', resolve); }));
  const secret = await webcrypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
  const peer = new QUICServer({
    crypto: {
      key: await webcrypto.subtle.exportKey('raw', secret),
      ops: {
        sign: async (_key, data) => webcrypto.subtle.sign('HMAC', secret, data),
        verify: async (_key, data, signature) => webcrypto.subtle.verify('HMAC', secret, signature, data),
      },
    },
    config: { ...limits, applicationProtos: [alpn], key: identity.key, cert: identity.cert, verifyPeer: false },
    logger,
    ...codes,
  });
  peer.addEventListener(events.EventQUICServerConnection.name, ({ detail: connection }) => {
    connection.addEventListener(events.EventQUICConnectionStream.name, ({ detail }) => {
      serveStream(connection, detail).catch((error) => say({ stream: error?.code ?? error?.cause?.code ?? String(error) }));
    });
    connection.addEventListener(events.EventQUICConnectionClose.name, (event) => {
      const end = event.detail?.data;
      say({ closed: { code: end?.errorCode, isApp: end?.isApp, reason: Buffer.from(end?.reason ?? []).toString() } });
    });
    // A stream that arrives earlier is shown to nobody: this event comes some time after the handshake is over.
    say({ serving: true });
  });
  await peer.start({ host: HOST, port: 0 });
  say({ ready: peer.port });
  await new Promise((resolve) => { lines.once('close', resolve); });
  await peer.stop({ force: true }).catch(() => {});
}

const [mode, ...rest] = process.argv.slice(2);
await (mode === 'client' ? client(...rest) : server(...rest)).catch((error) => {
  say({ failed: { name: error?.constructor?.name, code: error?.data?.errorCode ?? error?.cause?.data?.errorCode, message: String(error?.message ?? error) } });
  process.exitCode = 1;
});
process.exit();
