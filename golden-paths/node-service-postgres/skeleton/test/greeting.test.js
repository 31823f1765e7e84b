import assert from 'node:assert/strict'
import { test } from 'node:test'
import { greet } from '../src/greeting.js'

test('the first visitor is welcomed as such', () => {
  assert.equal(greet({ visits: 1 }), 'Welcome, you are the first visitor')
})

test('later visitors hear their number', () => {
  assert.equal(greet({ visits: 7 }), 'Welcome, you are visitor number 7')
})
