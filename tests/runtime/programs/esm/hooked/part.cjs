module.exports = 'WORD from the disk';
