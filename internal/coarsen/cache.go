package coarsen

import (
	"hash/maphash"
	"sync/atomic"
)

// cacheSlots bounds the cache: 16,384 agents, 128 KiB.
const cacheSlots = 1 << 14

// agentCache remembers the class of agents by a hash whose seed is of this
// process. It holds no text. A slot is a hash with its low 16 bits replaced by
// the class; of those bits the slot's number keeps 14.
type agentCache struct {
	seed  maphash.Seed
	slots [cacheSlots]atomic.Uint64
}

func newAgentCache() *agentCache { return &agentCache{seed: maphash.MakeSeed()} }

// read is ReadAgent with memory. Headers are cut before they are hashed, so that
// long ones cost no more.
func (c *agentCache) read(agent, mobile, platform string) Agent {
	agent, mobile, platform = agent[:min(len(agent), maxAgent)], mobile[:min(len(mobile), 16)], platform[:min(len(platform), 16)]
	sum := maphash.String(c.seed, agent)
	if mobile != "" || platform != "" {
		sum ^= maphash.String(c.seed, mobile)*3 ^ maphash.String(c.seed, platform)*5
	}
	slot := &c.slots[sum%cacheSlots]
	if kept := slot.Load(); kept != 0 && kept>>16 == sum>>16 {
		return agentOf(uint16(kept))
	}
	a := ReadAgent(agent, mobile, platform)
	slot.Store(sum&^0xffff | uint64(a.class()))
	return a
}
