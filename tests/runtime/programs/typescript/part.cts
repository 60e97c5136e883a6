exports.part = 'part' as const;
