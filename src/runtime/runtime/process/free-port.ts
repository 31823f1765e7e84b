import { createServer, type AddressInfo } from 'node:net'

const handedOut = new Set<number>()

/**
 * A loopback port that nobody listens on and that was not handed out in the last minute. Between this answer and the replica's listening
 * another program may take it: the replica then ends with EADDRINUSE and is started again with another port.
 */
export async function takeFreePort(): Promise<number> {
  for (;;) {
    const port = await probe()
    if (handedOut.has(port)) continue
    handedOut.add(port)
    setTimeout(() => handedOut.delete(port), 60_000).unref()
    return port
  }
}

function probe(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
