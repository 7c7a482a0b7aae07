// A server that keeps Bluesky accounts and the directory that it needs, both on 127.0.0.1 alone: node run.mjs PLC_PORT PDS_PORT FOLDER
import { createRequire } from 'node:module'
import net from 'node:net'

// Neither server takes a bind address; without this both would listen on every interface.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...rest) {
  if (typeof port !== 'number' && typeof port !== 'string') return listen.call(this, port, ...rest)
  return listen.call(this, { port: Number(port), host: '127.0.0.1' }, rest.find((each) => typeof each === 'function'))
}

const [plcPort, pdsPort, folder] = process.argv.slice(2)
const require = createRequire(`${process.cwd()}/`)
const { Database, PlcServer } = require('@did-plc/server')
const { PDS, envToCfg, envToSecrets, readEnv } = require('@atproto/pds')

await PlcServer.create({ db: Database.mock(), port: Number(plcPort) }).start()
Object.assign(process.env, {
  PDS_DEV_MODE: 'true',
  PDS_HOSTNAME: 'localhost',
  PDS_PORT: pdsPort,
  PDS_DATA_DIRECTORY: folder,
  PDS_BLOBSTORE_DISK_LOCATION: `${folder}/blobs`,
  PDS_DID_PLC_URL: `http://127.0.0.1:${plcPort}`,
  PDS_BSKY_APP_VIEW_URL: 'https://appview.invalid',
  PDS_BSKY_APP_VIEW_DID: 'did:web:appview.invalid',
  PDS_SERVICE_HANDLE_DOMAINS: '.test',
  PDS_INVITE_REQUIRED: 'false',
  PDS_CRAWLERS: '',
  PDS_JWT_SECRET: 'invented-secret-of-a-test-server',
  PDS_ADMIN_PASSWORD: 'invented-password',
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: '11'.repeat(32),
  LOG_ENABLED: 'false',
})
const env = readEnv()
await (await PDS.create(envToCfg(env), envToSecrets(env))).start()
console.log('ready')
