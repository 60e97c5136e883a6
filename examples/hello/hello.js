import chalk from 'chalk'
import express from 'express'
import semver from 'semver'

const greeting = `hello from express on node ${semver.major(process.version)}`
const server = express()
  .get('/', (request, response) => response.send(greeting))
  .listen(0, '127.0.0.1', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/`)
    console.log(chalk.green(await answer.text()))
    server.close()
  })
