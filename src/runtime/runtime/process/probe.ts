import { request } from 'node:http'
import { connect } from 'node:net'

/** Undefined when the check passed, else what was wrong in a few words. */
export type ProbeResult = string | undefined

/** GET on a replica's own loopback address; 200 to 399 passes. The body is not read. */
export function probeHttp(port: number, path: string, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent: false, headers: { 'user-agent': 'fairway-probe', connection: 'close' } }, (response) => {
      const status = response.statusCode ?? 0
      resolve(status >= 200 && status < 400 ? undefined : `${path} answers ${status}`)
      outgoing.destroy()
    })
    // From the start, not from the last byte: an answer whose head drips must not hold up the watch.
    const late = setTimeout(() => {
      resolve(`${path} does not answer within ${timeoutMs} ms`)
      outgoing.destroy()
    }, timeoutMs)
    outgoing.once('close', () => clearTimeout(late))
    outgoing.on('error', (error) => resolve(`${path} can't be reached: ${error.message}`))
    outgoing.end()
  })
}

/** A TCP connection to a replica's own loopback address. */
export function probeTcp(port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: timeoutMs })
    const settle = (result: ProbeResult): void => {
      resolve(result)
      socket.destroy()
    }
    socket.on('connect', () => settle(undefined))
    socket.on('timeout', () => settle(`port ${port} does not answer within ${timeoutMs} ms`))
    socket.on('error', (error) => settle(`port ${port} can't be reached: ${error.message}`))
  })
}
