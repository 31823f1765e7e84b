import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import { markOf } from '../people-entities.ts'
import { peopleFaults } from '../people-faults.ts'
import type { PeoplePublisher } from '../people-publisher.ts'
import * as store from '../people-store.ts'
import type { ClaimedPerson } from './oidc-claims.ts'

/** Keeps who has signed in, with the groups that the provider names; the catalog has them when it is done. @returns what the catalog marks this person's own entity with. */
export async function rememberPerson(
  deps: { db: Database; journal: Journal; clock: Clock; publisher: PeoplePublisher },
  person: ClaimedPerson,
): Promise<string> {
  const { db, journal, clock, publisher } = deps
  const now = clock.now()
  const altered = await db.transaction().execute(async (tx) => {
    const values = {
      userName: person.userName,
      externalId: person.externalId,
      displayName: person.displayName,
      email: person.email,
      isActive: true,
      resource: {},
    }
    const known = (await store.listUsers(tx, 'oidc', { by: { column: 'externalId', value: person.externalId }, offset: 0, limit: 1 })).items[0]
    // A name that another subject has had before is not handed on: whoever comes later would inherit what the first one owns.
    const user = known ? await store.updateUser(tx, known.id, values, now) : await store.insertUser(tx, 'oidc', values, now)
    if (!user) throw peopleFaults.sign_in_failed({ what: `"${person.userName}" is the name of somebody else; ask your administrator` })
    const before = new Set((await store.listGroupsOf(tx, user.id)).map((group) => group.id))
    const groups: string[] = []
    for (const displayName of person.groups) {
      const found = (await store.listGroups(tx, 'oidc', { by: { column: 'displayName', value: displayName }, offset: 0, limit: 1 })).items[0]
      const group = found ?? (await store.insertGroup(tx, 'oidc', { displayName, externalId: null, resource: {} }, now))
      if (group) groups.push(group.id)
    }
    const joined = groups.filter((id) => !before.has(id))
    const left = [...before].filter((id) => !groups.includes(id))
    // One row each: two who sign in at once take nothing from each other.
    for (const id of joined) await store.addMember(tx, id, user.id)
    for (const id of left) await store.removeMember(tx, id, user.id)
    await journal.append(tx, {
      type: 'platform.directory.signed_in',
      subject: `directory-user/${user.id}`,
      actor: 'system:fairway',
      data: { source: 'oidc', id: user.id, joined: joined.length, left: left.length },
    })
    return { user: user.id, groups: [...joined, ...left, ...(known && known.userName !== person.userName ? groups : [])] }
  })
  await publisher.publish('oidc', { users: [altered.user], groups: [...new Set(altered.groups)] }, 'system:fairway')
  return markOf('oidc', altered.user)
}
