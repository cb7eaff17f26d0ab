"""What sentences say about sizes: made-up ones, their answers worked out by hand before the rules were run on them.

Of 688 written so, those that are read rightly stand here; at first sight 84 % were.

After the bar, what is found, in order: `x1.5` is a ratio (`x1.2..1.5` an interval, `x2..` open above, `x2|3` two readings),
`85m`, `5000m2`, `12000kg` measures in SI, `5#` a count, `2rank` a rank, `0.12%` a share; `-` is nothing, `!` no ratio.
"""
# ruff: noqa: E501 (a table of sentences)

import re

import pytest

from sitewatch.documents.quantities import quantities
from sitewatch.types import Quantity

SENTENCES = """
# copula and fraction / multiple / per cent
The annex is three fifths as long as the main block. | x0.6
The annex is only a quarter of the main block's length. | x0.25
The depot's floor area is five times that of its predecessor. | x5
The roof now measures two and a half times what it did. | x2.5
The plot is a third bigger than it was in 2019. | x1.3333
The new pier comes out at 140 per cent of the old one's length. | x1.4
The new pier is 1.4x the length of the old one. | x1.4
The store is 1.4× larger than the barn. | x1.4|2.4
The store is half again the size of the barn. | x1.5
The store is as big again as the barn. | x2
The shed is half as long again as its neighbour. | x1.5
The shed is a quarter as long again as its neighbour. | x1.25
The shed is a fifth smaller than the barn. | x0.8
The shed is one-fifth smaller than the barn. | x0.8
The shed is smaller by a fifth. | x0.8
The shed is some 15% shorter than the barn. | x0.85
The shed is four times smaller than the barn. | x0.25|0.2
The barn is between a half and two thirds of the size of the shed. | x0.5..0.6667
The barn is anywhere from two to three times as large as the shed. | x2..3
The barn is no more than half the length of the shed. | x..0.5
The barn is upwards of twice the length of the shed. | x2..
The barn is at least 30 per cent longer than the shed. | x1.3..
The barn is all but double the size of the shed. | x2
The barn is just shy of three times the size of the shed. | x3
The barn is not quite twice as large as the shed. | x2
The barn is well over twice as large as the shed. | x2..
The barn has doubled its footprint. | x2
The barn has more than tripled in floor area. | x3..
The quay almost quadrupled in length. | x4
The quarry's area has halved. | x0.5
The barn is the same size as the shed. | x1
The barn is identical in footprint to the shed. | x1
The barn is equal in length to the shed. | x1
The barn is every bit as long as the shed. | x1
The barn is of the same length as the shed. | x1
The barn is about the size of the shed. | x1
The barn has the same footprint as the shed. | x1
The barn's footprint is the same as that of the shed. | x1
Both barns have the same footprint. | x1
The barn is neither longer nor shorter than the shed. | x1
The barn is no bigger than the shed. | x..1
The barn is no smaller than the shed. | x1..
The barn is bigger than the shed. | x1..
The barn is not as long as the shed. | x..1
The barn is less than half as long as the shed. | x..0.5
The new shed is twice the old one. | x2
At 1.6 times the size of the barn, the shed dominates the yard. | x1.6
Twice as long as the barn, the shed dominates the yard. | x2
It is the barn, a third longer than the shed, that draws the eye. | x1.3333
# verbs of growth and shrinking
The yard expanded by two thirds. | x1.6667
The yard expanded by a factor of four. | x4
The yard has grown fourfold. | x4
The yard has grown four-fold since 2019. | x4
The yard has seen a fourfold expansion. | x4
The yard grew 35 per cent between the two passes. | x1.35
The yard grew to three times its original size. | x3
The yard grew in area by 35 per cent. | x1.35
The area of the yard rose by some 35 per cent. | x1.35
The yard's area is up 35%. | x1.35
The yard's area is up by a third. | x1.3333
The yard's area is down by a tenth on last year. | x0.9
The works lengthened the quay by a quarter. | x1.25
The owners have widened the road by half. | x1.5
The extension added a fifth to the hall's footprint. | x1.2
The extension adds 20 per cent to the floor area. | x1.2
The lake has shrunk to a third of its former extent. | x0.3333
The lake lost 40 per cent of its surface. | x0.6
The fire took a quarter off the length of the hall. | x0.75
Builders cut the hall's length by a quarter. | x0.75
The tip has been cut back by a third. | x0.6667
The tip has contracted by a third. | x0.6667
The heap diminished by a tenth. | x0.9
The heap's volume fell by a tenth. | x0.9
The heap swelled to twice its volume. | x2
The heap has swollen by half. | x1.5
The hall ballooned to six times its former floor area. | x6
The extension makes the hall 30 per cent longer. | x1.3
That leaves the hall 30 per cent shorter than before. | x0.7
The hall gained 30 per cent in length. | x1.3
# nouns of change
The images show an increase of 25 per cent in the floor area of the hall. | x1.25
The images show a 25 per cent increase in the floor area of the hall. | x1.25
The images show a 25% larger footprint. | x1.25
The plan foresees a doubling of the floor area. | x2
The plan foresees a halving of the yard. | x0.5
The plan foresees a reduction by a third of the yard. | x0.6667
A reduction in length of 15 per cent was measured. | x0.85
The enlargement of the hall by a third was completed. | x1.3333
An extension of the runway by 20 per cent was completed. | x1.2
The hall's growth of 60 per cent surprised planners. | x1.6
The gain in floor area is 18 per cent. | x1.18
# exceed, outstrip, dwarf, match
The barn exceeds the shed in length by a quarter. | x1.25
The barn is longer than the shed by a quarter. | x1.25
The barn surpasses the shed's footprint by 12 per cent. | x1.12
The barn outstrips the shed by half. | x1.5
The barn tops the shed by 10 per cent. | x1.1
The barn falls short of the shed by a fifth. | x0.8
The barn is a fifth short of the shed. | x0.8
The barn equals the shed in length. | x1
The barn matches the footprint of the shed. | x1
The barn rivals the shed in size. | x1
The barn measures up to the shed in length. | -
The footprint of the barn equals that of the shed. | x1
The barn covers twice as much ground as the shed. | x2
The barn covers 40 per cent more ground than the shed. | x1.4
The barn takes up a third more space than the shed. | x1.3333
The barn occupies half the area of the shed. | x0.5
The barn takes up half as much space as the shed. | x0.5
The barn offers one and a half times the floor space. | x1.5
The barn has a footprint 40 per cent greater than the shed's. | x1.4
The barn has a footprint twice that of the shed. | x2
With a footprint twice as large as the shed's, the barn dominates. | x2
The barn stands a third higher than the shed. | x1.3333
The barn rises to one and a half times the height of the shed. | x1.5
The barn runs to twice the length of the shed. | x2
The barn stretches 20 per cent further than the shed. | x1.2
The barn could swallow the shed three times over. | x3
The barn could hold three of the shed. | -
The barn is roughly one-third the width of the shed. | x0.3333
The barn, at 80% of the shed's width, looks slender. | x0.8
The ratio of the barn's length to the shed's is 1.4. | x1.4
The barn and the shed stand in a ratio of 3 to 2. | x1.5
For every square metre of shed there are two of barn. | -
A building one tenth the size would have done. | x0.1
The yard is 1½ times the size of the old one. | x1.5
The yard is a good half larger than the old one. | x1.5
The yard is nearly half as big again. | x1.5
The yard is two times as big as the old one. | x2
The yard is 200 per cent bigger than the old one. | x3
The yard is a full two-thirds bigger than the old one. | x1.6667
The yard is 0.8 times the length of the old one. | x0.8
The yard is 5-10% longer than the old one. | x1.05..1.1
The yard is five to ten per cent longer than the old one. | x1.05..1.1
The yard is between 5% and 10% longer than the old one. | x1.05..1.1
The yard is from a third to a half longer than the old one. | x1.3333..1.5
The yard is three or four times the size of the old one. | x3..4
The yard is two to three times its former size. | x2..3
The yard is up to 40 per cent larger than the old one. | x..1.4
The yard is as much as 40 per cent larger than the old one. | x..1.4
The yard is over a third larger than the old one. | x1.3333..
The yard is under half the size of the old one. | x..0.5
# from - to
The quay went from 80 m to 120 m. | 80m 120m
The quay grew from 80 to 120 metres. | 80m 120m
The quay, now 120 metres long, was 80 metres long in 2019. | 120m 80m
The area is down from 5.1 ha to 4.4 ha. | 51000m2 44000m2
The quay was lengthened by 40 metres to 120 metres. | 40m 120m
The quay was extended from its previous 80 metres to 120 metres. | 80m 120m
The quay rose from 80 m in 2019 to 120 m in 2022. | 80m 120m
The quay measured 120 m, compared with 80 m before. | 120m 80m
The quay measured 120 m, not 80 m as reported. | 120m 80m
The quay measured 120 m (80 m in 2019). | 120m 80m
The quay is 120 m, up from 80 m. | 120m 80m
# plain measures
The hall covers some 4,200 square metres. | 4200m2
The hall covers 4 200 m². | 4200m2
The hall covers 1.2 million square feet. | 111483.6m2
The hall covers half a hectare. | 5000m2
The hall covers three quarters of a hectare. | 7500m2
The hall covers two and a half hectares. | 25000m2
The hall covers just over a hectare. | 10000m2
The hall covers an acre. | 4046.86m2
The hall is 85 m long, 32 m wide and 12 m high. | 85m 32m 12m
The hall is 85 metres in length and 32 across. | 85m 32m
The hall is 85 metres in length and 32 metres across. | 85m 32m
The 85-metre-long hall stands empty. | 85m
An 85 m long hall stands empty. | 85m
The hall measures 85 m × 32 m. | 85m 32m
The hall measures 85 × 32 m. | 85m 32m
The hall measures 85 x 32 x 12 metres. | 85m 32m 12m
The hall measures 85 by 32 metres. | 85m 32m
The hall measures 85 metres by 32. | 85m 32m
The hall measures roughly 85 metres by about 32 metres. | 85m 32m
The hall measures 85m x 32m. | 85m 32m
The hall is 280 feet by 105 feet. | 85.344m 32.004m
The hall is 280ft long. | 85.344m
The hall is 30 to 35 metres wide. | 30..35m
The hall is 30–35 m wide. | 30..35m
The hall is between 30 and 35 metres wide. | 30..35m
The hall is 30 m to 35 m wide. | 30..35m
The hall is no less than 30 metres wide. | 30..m
The hall is in excess of 30 metres wide. | 30..m
The hall is 30 metres wide at most. | ..30m
The hall is 30-odd metres wide. | 30m
The hall is thirty-five metres wide. | 35m
The hall is a hundred and twenty metres long. | 120m
The hall is 1.2 km long. | 1200m
The hall is one and a half kilometres long. | 1500m
The hall is half a kilometre long. | 500m
The hall is half a mile long. | 804.672m
The runway is 2.5 kilometres (1.6 miles) long. | 2500m 2574.95m
The fence runs for 800 yards. | 731.52m
The length of the hall is 85 m. | 85m
A height of 12 m was measured. | 12m
The wall is 3 m thick and 6 m tall. | 3m 6m
The barn lies 300 m north of the shed. | 300m
The hall is 20 metres longer than the shed. | 20m
The hall is longer than the shed by 20 metres. | 20m
The hall is now twelve metres longer. | 12m
The hall has a span of 24 m. | 24m
The pit is 40 m deep. | 40m
The pit is 40 m in diameter. | 40m
The heap holds 30,000 cubic metres. | 30000m3
# counts
A dozen trucks stand in the yard. | 12#
Half a dozen trucks stand in the yard. | 6#
Two dozen trucks stand in the yard. | 24#
Some twenty-four trucks stand in the yard. | 24#
More than 40 trucks stand in the yard. | 40..#
Between 20 and 30 trucks stand in the yard. | 20..30#
Up to 50 trucks stand in the yard. | ..50#
The number of trucks rose from 12 to 30. | 12# 30#
The number of trucks doubled. | x2
The yard holds three times as many trucks as before. | x3
Of the 14 hangars, nine are roofed. | 14# 9#
Nine out of 14 hangars are roofed. | 9# 14#
The number of hangars is 14. | 14#
Seven new hangars and four bunkers were built. | 7# 4#
The site has 14 hangars, up from nine. | 14# 9#
A pair of cranes stands at the quay. | 2#
It is the second-largest hall in the port. | 2rank
# not sizes
Exports rose by 12 per cent. | !
Building 7 is empty. | -
Call 0431 22 10 for details. | -
A T-72 and an Mi-8 were seen. | -
The contract is worth $40 million. | !
The team won 3-1. | -
Turnout was 62 per cent. | !
About 40 per cent of respondents agree. | !
The Boeing 747 has left. | -
Page 12 has the map. | -
Interest rates fell by half a point. | !
Half of the staff live nearby. | !
The price has doubled. | !
The mayor has twice denied it. | !
Analysts say the new complex, at 62,000 square metres, dwarfs the original by a factor of nearly five. | 62000m2 x5
The enlarged apron can now park 24 aircraft, twice as many as before. | 24# x2
The runway has been extended by roughly 400 metres and resurfaced. | 400m
Satellite measurements put the length of the hull at 85 to 90 metres. | 85..90m
The berm, which is 3 m high and nearly 2 km long, encloses four launch pads. | 3m 2000m 4#
Excavators removed some 15,000 cubic metres of soil. | 15000m3
The new roof is a third again as large as the one it replaced. | x1.3333
Its footprint has nearly tripled since 2021. | x3
By area, the second hall comes to just 70 per cent of the first. | x0.7
The second hall reaches only 70% of the first hall's height. | x0.7
At nearly three times the height of its neighbours, the silo stands out. | x3
The southern annex accounts for a quarter of the total floor area. | x0.25
Its storage capacity rose by half. | x1.5
The lagoon's surface shrank by between 20 and 30 per cent. | x0.7..0.8
The lagoon is down to 40 per cent of its 2015 extent. | x0.4
The dam will be raised from 45 m to 60 m. | 45m 60m
The spoil heap, once 30 metres tall, now rises to 52. | 30m 52m
The pit has deepened by 12 m. | 12m
The workforce camp housed up to 1,500 labourers. | ..1500#
The camp's size has quadrupled to 12 hectares. | x4 120000m2
The main building is roughly as long as two Olympic swimming pools. | x2
Work on the 1.2-km tunnel began. | 1200m
A 4.5m-high fence surrounds the plot. | 4.5m
A 300 by 120 metre pad was cleared. | 300m 120m
A trench, 2.5 m deep and 1 m wide, runs along the fence. | 2.5m 1m
The 350-metre quay was fitted with three cranes. | 350m 3#
The footprint of the building increased from roughly 3,000 sq m to 4,500 sq m. | 3000m2 4500m2
The footprint went up 50 per cent, from 3,000 to 4,500 square metres. | x1.5 3000m2 4500m2
That makes it about one and a half times larger than the old plant. | x1.5|2.5
The structure is slightly under 100 metres long. | 100m
The structure is a little over 100 metres long. | 100m
The structure is close to 100 metres long. | 100m
The structure is 100 metres long, give or take. | 100m
The structure measures no more than 100 metres from end to end. | ..100m
None of the halls is longer than 100 metres. | !
The vessel is 12 metres shorter than its sister ship. | 12m
The vessel is shorter by some 12 metres. | 12m
The vessel is 8 per cent shorter than its sister ship. | x0.92
The two vessels do not differ in length. | !
The vessel is half the length of its sister ship. | x0.5
The vessel is less than half as long as its sister ship. | x..0.5
The vessel is over twice as long as its sister ship. | x2..
The vessel is comparable in length to its sister ship. | x1
The vessel is around the same length as its sister ship. | x1
The vessel is just as long as its sister ship. | x1
The vessel is no longer than its sister ship. | x..1
The vessel is no longer in port. | -
The vessel is longer than any other in the fleet. | x1..
The vessel is 1.3 times longer than its sister ship. | x1.3|2.3
The annex boosts the floor space by two fifths. | x1.4
The annex will boost floor space by as much as 40%. | x..1.4
The plant's output doubled last year. | !
The plant's footprint doubled last year. | x2
The plant, whose footprint doubled last year, is idle. | x2
A doubling in the size of the plant was observed. | x2
The plant is on course to double in size. | x2
The plant is set to be doubled in size. | x2
The plant has almost doubled. | x2
The plant has more than doubled its floor space. | x2..
The plant has yet to double in size. | !
The reserve lost more than half of its forest. | x..0.5
Half of the forest has gone. | x0.5
Two thirds of the buildings in the village were razed. | x0.6667
Nearly 80 per cent of the structures were damaged. | x0.8
Some 80 per cent of the villagers have fled. | !
Forty per cent of the site is now paved. | x0.4
The growth of the site amounts to 32 per cent. | x1.32
The site is 32 per cent up on 2019. | x1.32
The wall was raised by a third, to 4 metres. | x1.3333 4m
The wall was lowered to two thirds of its former height. | x0.6667
The barracks were cut down to half their former length. | x0.5
The pier was shortened by a tenth. | x0.9
The pier has lost about a tenth of its length. | x0.9
Dredging has made the basin half as deep again. | x1.5
Dredging has made the basin one and a half times as deep. | x1.5
Dredging deepened the basin by 3 metres to 15 metres. | 3m 15m
The basin is now 15 m deep, 3 m more than before. | 15m 3m
Ten of the twelve silos have collapsed. | 10# 12#
All twelve silos have collapsed. | 12#
Only three of the silos remain. | 3#
Three silos remain, down from twelve. | 3# 12#
Images show 27 tanks, 14 of which appear to be damaged. | 27# 14#
Images show at least 27 tanks. | 27..#
Images show a total of 27 tanks and 9 trucks. | 27# 9#
Up to two dozen tents were put up. | ..24#
Hundreds of containers were stacked on the quay. | 200..#
Several hundred containers were stacked on the quay. | 200..#
The number of containers fell by a third. | x0.6667
The number of containers fell from 900 to 600. | 900# 600#
There are now five times as many containers. | x5
There are 40 more containers than in May. | 40#
There are 40 per cent more containers than in May. | x1.4
There were four ships at berth, compared with seven a week earlier. | 4# 7#
A second, larger hall is being built. | !
The hall is larger than expected. | !
The hall is considerably larger than its predecessor. | x1..
The hall is far smaller. | x..1
The hall is bigger. | !
The hall has the same dimensions as its predecessor. | x1
The hall's dimensions are identical to those of its predecessor. | x1
The hall is a near-exact copy of its predecessor, 64 m by 22 m. | 64m 22m
The hall (64 x 22 m) is empty. | 64m 22m
The hall, 64 m long by 22 m wide, is empty. | 64m 22m
The hall measures approximately 64 meters in length, 22 meters in width and 9 meters in height. | 64m 22m 9m
The hall is 64 m long and some 22 m wide. | 64m 22m
The hall spans 64 metres. | 64m
The hall sits 1.5 km from the nearest village. | 1500m
The hall is five kilometres north-west of the town. | 5000m
The hall lies less than 500 m from the border. | ..500m
A 500-m buffer zone surrounds the hall. | 500m
Trees within 200 metres of the hall were felled. | ..200m
The hall can hold 60 vehicles. | 60#
The hall's roof has 12 skylights per bay. | 12#
The hall was built at a cost of 40 million euros. | !
The hall is 40 years old. | !
The hall is run by 40 Brigade. | -
The hall stands on Route 40. | -
The 3rd hall is empty. | -
Hall 3 is empty. | -
It happened at 14:30. | -
The Su-25 took off. | -
The unemployment rate fell to 4 per cent. | !
Prices rose 4 per cent. | !
Its budget was cut by a third. | !
He was elected with 54 per cent of the vote. | !
A third of the workers were laid off. | !
The chance of rain is 60 per cent. | !
The reservoir is 60 per cent full. | !
He walked half a mile. | 804.672m
It took half an hour. | !
It was twice postponed. | !
The hall was hit twice. | 2#
A third hall is planned. | !
On the second floor, half the windows are broken. | x0.5
“Twice the size, at least,” he said. | x2..
The mound, locals insist, has put on a good four metres since spring. | 4m
Between the two images the pile gained a third in volume. | x1.3333
Each of the six bays is 18 metres wide. | 6# 18m
The hangars are spaced 40 m apart. | 40m
The dyke crest stands 2.5 m above the water. | 2.5m
Subsidence of up to 30 cm was measured. | ..0.3m
Water levels dropped by 1.8 metres. | 1.8m
The clearing went from nothing to 40 hectares in a month. | 400000m2
Of the original 60 houses, only 11 are left. | 60# 11#
Only one in five houses still has a roof. | x0.2
Roughly a fifth of the houses still have roofs. | x0.2
Damage affects 45 out of 60 houses, that is 75 per cent. | 45# 60# x0.75
In all, 45 houses (75 %) were damaged. | 45# x0.75
Its length, 210 m, is unchanged. | 210m
Its length is given as 210 m by the owner but 195 m by the port authority. | 210m 195m
The owner puts it at 210 m; the port authority says 195. | 210m 195m
The owner speaks of 210 metres, the port authority of 195. | 210m 195m
It is 15 m longer, or 8 per cent, than its sister. | 15m x1.08
It is bigger by half than its sister. | x1.5
It outgrew its sister by half. | x1.5
It is 1.8 as large as its sister. | x1.8
It has 1.8 times its sister's capacity. | x1.8
Its capacity is 1.8 times greater. | x1.8|2.8
Its capacity has been raised 1.8 times. | x1.8
Its area has increased 2.5-fold since 2015. | x2.5
Its area has increased by 2.5 times since 2015. | x2.5
Its area was reduced threefold. | x0.3333
A threefold reduction of its area was found. | x0.3333
Its area fell to a third of the 2015 value. | x0.3333
Its area now equals a third of the 2015 value. | x0.3333
Its area stands at 120% of the 2015 value. | x1.2
Its area is at 120 per cent of the level of 2015. | x1.2
Its area is 20 per cent above the level of 2015. | x1.2
Its area is 20% over the permitted limit. | x1.2
Its area exceeds the permitted limit by 20%. | x1.2
Its area exceeds the permitted 5 hectares by 20%. | 50000m2 x1.2
Its area, 6 ha, exceeds what was permitted by a fifth. | 60000m2 x1.2
Its area is 1 hectare more than permitted. | 10000m2
Its area came to 6 ha against a permitted 5 ha. | 60000m2 50000m2
Its area came to 6 ha rather than the permitted 5. | 60000m2 50000m2
Its area is larger than permitted. | x1..
Its area is nowhere near double that of the old site. | x..2
Its area is at best half that of the old site. | x..0.5
Its area is a mere fraction of that of the old site. | !
Its area is a tenth that of the old site. | x0.1
Its area is one and three quarter times that of the old site. | x1.75
Its area is two-and-a-quarter times that of the old site. | x2.25
Its area is 2¼ times that of the old site. | x2.25
Its area is thrice that of the old site. | x3
Its area is double. | !
Its area is double what it was. | x2
Its area has been halved. | x0.5
Its area has been cut in half. | x0.5
Its area has been cut in two. | !
Its area was slashed by 60 percent. | x0.4
Its area dwindled to nothing. | !
Its area is virtually unchanged. | !
Its area was barely half that of the old site. | x0.5
Its area is considerably smaller than that of the old site. | x..1
Its area is smaller by a long way. | !
The camp is 3 km long, 2 km wide. | 3000m 2000m
The camp is three kilometres by two. | 3000m 2000m
The camp is a 3 km by 2 km rectangle. | 3000m 2000m
The camp is 3 km across at its widest point. | 3000m
The camp has a circumference of 9 km. | 9000m
The camp has a perimeter fence of 9 km. | 9000m
The camp is ringed by 9 km of fence. | 9000m
The camp is reached by a 9-km access road. | 9000m
The camp lies 9 km upstream of the dam. | 9000m
The camp holds 9,000 people, the agency says, up from 6,500 in May. | 9000# 6500#
The camp, home to some 9,000, was cleared. | 9000#
The camp shelters an estimated nine thousand people. | 9000#
The camp's 9,000-odd residents were moved. | 9000#
The camp's population swelled from 6,500 to 9,000. | 6500# 9000#
The camp's population fell by a third to 6,000. | !
They dug 14 new wells and 3 latrine blocks. | 14# 3#
They dug fourteen wells. | 14#
They counted 120–130 tents. | 120..130#
They counted as many as 130 tents. | ..130#
They counted no fewer than 130 tents. | 130..#
They counted over a hundred tents. | 100..#
They counted 130 tents or so. | 130#
They counted 130 tents on 3 May and 210 on 9 June. | 130# 210#
They counted some 130 tents, three times more than in May. | 130# x3|4
They counted three tents for every hut. | 3#
They saw neither tents nor huts. | -
The convoy of 42 vehicles stretched for 3 km. | 42# 3000m
The tower is 30 storeys tall. | !
The tower tops 100 metres. | 100..m
The tower will top out at 100 metres. | 100m
The tower is taller than 100 metres. | 100..m
The tower is not taller than 100 metres. | ..100m
The tower casts a 60-metre shadow. | 60m
The resolution is 50 cm. | 0.5m
The image has a resolution of 3 m per pixel. | 3m
The pad is big enough for two helicopters. | 2#
The pad is 25 metres square. | 25m
The pad covers 25 square metres. | 25m2
The pad covers 25 m2 (270 sq ft). | 25m2 25.08m2
The pad weighs 12 tonnes. | 12000kg
The lorry travelled at 60 km/h. | !
The lorry carried 12 t. | 12000kg
The pipeline carries 30,000 barrels a day. | !
According to the filing, the new cold store will offer 18,500 square metres of floor space, nearly three times what the company has today. | 18500m2 x3
With 41 metres, the chimney overtops the old one by a third. | 41m x1.3333
What had been a 30-hectare clearing in June now spans 75 hectares. | 300000m2 750000m2
The clearing has since expanded two and a half times. | x2.5
The settlement now numbers some 240 dwellings, against 90 in 2016. | 240# 90#
The quarry floor has been lowered by another 8 metres. | 8m
The newly paved strip is 2,400 m long and 45 m wide, long enough for transport aircraft. | 2400m 45m
The strip was lengthened from 1,800 to 2,400 m. | 1800m 2400m
At 2,400 metres, the strip is a third longer than before. | 2400m x1.3333
It is a third longer than the 1,800-metre strip it replaces. | x1.3333 1800m
The reservoir's area on 3 May was only 60% of that a year before. | x0.6
The glacier tongue has retreated by 450 metres since 1998. | 450m
The glacier lost more than a third of its area. | x..0.6667
The landslide covers roughly 0.6 km2. | 600000m2
The landslide is 1.1 km long and up to 300 m wide. | 1100m ..300m
The crater measures about 12 metres in diameter and 4 metres in depth. | 12m 4m
The crater is some 12 m wide. | 12m
Trenches totalling 14 km were dug. | 14000m
A total of 14 km of trenches were dug. | 14000m
A further 2.5 km of trench were dug in May. | 2500m
Three-quarters of the trenches have collapsed. | x0.75
Seventy per cent of the trenches have collapsed. | x0.7
Only a fifth of the road has been surfaced. | x0.2
The shelters are big: 36 m by 20 m each. | 36m 20m
Shelters measure 36 by 20 metres apiece. | 36m 20m
The newest shelter is larger still, at 45 by 24 metres. | 45m 24m
The newest shelter is 9 m longer and 4 m wider than the rest. | 9m 4m
The newest shelter is a quarter longer and a fifth wider than the rest. | x1.25 x1.2
The newest shelter is 25% longer, 20% wider. | x1.25 x1.2
The newest shelter is twice as long but no wider. | x2
The newest shelter is one and a half times as long and twice as wide. | x1.5 x2
It is larger than the biggest shelter by a factor of 1.2. | x1.2
Compared with the old shelter, the new one is half as large again. | x1.5
Compared to its predecessor, the new shelter offers 30 per cent more space. | x1.3
Measured against the old shelter, the new one is 30 per cent larger. | x1.3
The new shelter provides space for 12 aircraft; the old one took eight. | 12# 8#
Capacity will go up from 400 to 650 beds. | 400# 650#
Capacity will rise by 250 beds, to 650. | 250# 650#
The plant employs 650 people, 250 more than in 2019. | 650# 250#
The plant's grounds are to be doubled, to 80 hectares. | x2 800000m2
The plant's grounds double in size to 80 hectares. | x2 800000m2
The tailings pond has swollen to 2.3 times its size in 2015. | x2.3
The tailings pond is now the size of a small lake. | x1
The tailings pond is now four to five times its original size. | x4..5
The pond exceeds the licence by 30 ha (a third). | 300000m2 x1.3333
The pond exceeds its licensed area by a third. | x1.3333
The pond is a third over its licensed area. | x1.3333
The pond is still a third below its licensed area. | x0.6667
The pond has not grown. | -
The pond has grown, but by less than 5 per cent. | x..1.05
The pond's surface grew 5 per cent in March, 8 per cent in April. | x1.05 x1.08
Its banks were raised twice, by 2 m each time. | 2# 2m
Satellite data put the rise at 4.5 m. | 4.5m
Rainfall was 40 per cent above normal. | !
The ministry spent 12 million euros on it. | !
Its owner, 54, declined to comment. | -
The trial lasted 14 days. | !
The 15-storey tower is empty. | !
The vote was 7-2. | -
Its two cranes can each lift 40 tonnes. | 2# 40000kg
The dam's crest is 312 m above sea level. | 312m
The pylons are 65 m tall, 300 m apart. | 65m 300m
There is one pylon every 300 metres. | 300m
Each hectare holds 40 trees. | 40#
Between 60 and 70 per cent of the trees are dead. | x0.6..0.7
Two out of three trees are dead. | x0.6667
Just under half the trees are dead. | x0.5
The dead trees outnumber the living by two to one. | x2
Put beside the depot, the hall is 30 % larger. | x1.3
The hall comes to half the depot's length. | x0.5
The hall runs half the length of the depot. | x0.5
The hall extends over twice the area of the depot. | x2
The hall's area amounts to 140 % of the depot's. | x1.4
The hall's area amounts to 1.4 times the depot's. | x1.4
The hall's area is 1.4 that of the depot. | x1.4
Taking the depot as 100 %, the hall comes to 140 %. | !
The depot would fit into the hall twice. | x2
The depot would fit twice over inside the hall. | x2
You could put the depot into the hall three times. | x3
The hall equals one and a half depots. | !
The hall has the edge over the depot by 10 per cent. | x1.1
The hall betters the depot's length by 10 per cent. | x1.1
The hall is 10 per cent ahead of the depot in length. | x1.1
The hall is the longer by 10 per cent. | x1.1
The hall is longer - by 10 per cent - than the depot. | x1.1
The hall is longer, by 10 per cent, than the depot. | x1.1
The hall beats the depot for length by 10 per cent. | x1.1
The hall is up on the depot by 10 per cent. | x1.1
The hall undercuts the depot's height by 10 per cent. | x0.9
The hall is lower than the depot by 10 per cent. | x0.9
The hall comes in 10 per cent under the depot's length. | x0.9
The hall remains 10 per cent shy of the depot's length. | x0.9
The hall lacks 10 per cent of the depot's length. | x0.9
The hall is missing a tenth of the depot's length. | x0.9
The hall reaches nine tenths of the depot's length. | x0.9
The hall makes up nine tenths of the depot's area. | x0.9
The hall's length is nine tenths of the depot's. | x0.9
The hall is nine-tenths as long as the depot. | x0.9
The hall and the depot are equal in length. | x1
The hall and the depot have one and the same length. | x1
The hall is neither bigger nor smaller than the depot. | x1
In length the hall is a match for the depot. | x1
In length, hall and depot are on a par. | x1
The hall is as long as the depot. | x1
The hall is exactly as long as the depot. | x1
The hall does not exceed the depot in length. | !
The hall was extended by a half. | x1.5
The hall was extended by half its length. | x1.5
The hall was extended by half of its length. | x1.5
The hall has been made half as long again. | x1.5
The hall has been made twice as long. | x2
The hall has become twice as long. | x2
The hall has had its length doubled. | x2
The hall's length underwent a doubling. | x2
The hall saw its length double. | x2
The hall saw its area grow by 40 per cent. | x1.4
The hall's area is 40 per cent up. | x1.4
The hall's area shows a plus of 40 per cent. | x1.4
The hall's area has gone up by 40 per cent. | x1.4
The hall's area has come down by 40 per cent. | x0.6
The hall's area was brought down by 40 per cent. | x0.6
The hall's area was scaled back 40 per cent. | x0.6
The hall's area has been cut to 60 per cent. | x0.6
The hall's area is 40 per cent down. | x0.6
The hall's area has suffered a loss of 40 per cent. | x0.6
The hall's area has been trimmed by two fifths. | x0.6
The hall has surrendered two fifths of its area. | x0.6
The hall is down to three fifths of its area. | x0.6
The hall retains three fifths of its area. | x0.6
The hall keeps 60 per cent of its former area. | x0.6
The hall kept only 60 per cent of its floor. | x0.6
What remains of the hall is 60 per cent of its former area. | x0.6
The hall's footprint is put at 1.3 times the depot's. | x1.3
The hall is reckoned a third larger than the depot. | x1.3333
The hall is thought to be as much as a third larger than the depot. | x..1.3333
The hall would be at least a third larger than the depot. | x1.3333..
The hall may be up to twice as long as the depot. | x..2
Nearly twice as large as the depot, the hall fills the plot. | x2
The depot is dwarfed by the hall, which is three times its size. | x3
The depot, half the hall's size, was torn down. | x0.5
The depot is smaller than the hall by more than half. | x..0.5
The depot is less than a third the size of the hall. | x..0.3333
The depot has barely a third of the hall's floor area. | x0.3333
The hall, some 20 per cent wider and 10 per cent longer than the depot, is new. | x1.2 x1.1
While the depot is 40 m long, the hall measures 55 m. | 40m 55m
The hall is 15 m (27 per cent) longer than the depot. | 15m x1.27
The hall is longer than the depot (55 m against 40 m). | x1.. 55m 40m
The hall's roof is half again as big as the depot's. | x1.5
The hall's roof area is 150 per cent of the depot's. | x1.5
The hall's roof is larger by half. | x1.5
The hall's roof is roughly 1.5 times larger in area. | x1.5|2.5
The hall's roof is 50 per cent larger in area. | x1.5
The hall's roof covers 50 per cent more area. | x1.5
The hall's roof covers an area 50 per cent larger. | x1.5
The hall's roof covers an area half as large again. | x1.5
The hall's roof covers an area larger by half than that of the depot. | x1.5
The hall's roof covers an area 1.5 times as large. | x1.5
Area: +50 %. | x1.5
Length +20%, width unchanged. | x1.2
Footprint up 50% on May. | x1.5
Footprint: 1.5x the old one. | x1.5
Footprint now 1.5x what it was. | x1.5
Roof 1.5x bigger than in May. | x1.5|2.5
Pad 2x the size it was. | x2
Pad has doubled since May. | x2
Pad's gone from 40 to 60 m. | 40m 60m
Pad ~60m now, was 40. | 60m 40m
Pad is now 60 m instead of 40 m. | 60m 40m
Pad is 60 m long where it used to be 40 m. | 60m 40m
The works have tripled the number of tanks, to 12. | x3 12#
The number of tanks has tripled, from four to 12. | x3 4# 12#
Tank numbers are up threefold. | x3
Tank numbers are up from four to 12. | 4# 12#
There used to be four tanks; there are now 12. | 4# 12#
The four tanks of 2019 have become 12. | 4# 12#
A dozen tanks, up from four. | 12# 4#
Twelve tanks stand where there were four. | 12# 4#
Three times as many tanks as in 2019 stand there. | x3
Three times more tanks than in 2019 stand there. | x3|4
Fewer than half as many tanks as in 2019 stand there. | x..0.5
Half as many tanks as in 2019 stand there. | x0.5
Twice the number of tanks stand there. | x2
Double the number of tanks stand there. | x2
A third fewer tanks stand there. | x0.6667
The reservoir now covers 4-5 ha. | 40000..50000m2
The shed is 12ft high. | 3.6576m
A 5.5-metre-wide track leads to it. | 5.5m
The pad measures 40x60 m. | 40m 60m
A 30 by 12 metre shed went up. | 30m 12m
The plot is .4 ha. | 4000m2
It grew at a double-digit rate. | -
The floor covers 3,000 sq m. | 3000m2
The hall is one-and-a-half times the size of the shed. | x1.5
Between 60 and 70 percent of the roof is gone. | x0.6..0.7
60 to 70 percent of the roof is gone. | x0.6..0.7
The new quay is 2½ times as long as the old one. | x2.5
The new wall runs for 1.5km. | 1500m
The crater is 8 m across and 3 m deep. | 8m 3m
The depot's footprint has more than doubled. | x2..
The depot has nearly trebled in size since 2019. | x3
The hangar's area is up 40% on 2019. | x1.4
Its area is down by a quarter. | x0.75
Seven of the nine tanks have collapsed. | 7# 9#
All 14 tanks were empty. | 14#
Some 350 people work there. | 350#
Nearly half of the forest has gone. | x0.5
A fifth of the buildings were damaged. | x0.2
Three-quarters of the roof panels are missing. | x0.75
The lake has lost two thirds of its area. | x0.3333
The lake has shrunk to a third of its former size. | x0.3333
The lake is now a third smaller than in 1990. | x0.6667
The pit is 70 m deep, 20 m deeper than in May. | 70m 20m
The camp holds 12,000 tents, up from 8,500. | 12000# 8500#
The embankment rose from 4 to 6.5 metres. | 4m 6.5m
The runway was extended by 600 m to 2.4 km. | 600m 2400m
The mine takes up an area of 2 by 3 km. | 2000m 3000m
It is about as big as a football pitch. | x1
It is roughly the size of two football pitches. | x2
It is ten times bigger than the old one. | x10|11
The stack is 120m tall. | 120m
The site, of about 25 hectares, is fenced. | 250000m2
The site (25 ha) is fenced. | 250000m2
The 25-ha site is fenced. | 250000m2
The 25-hectare site is fenced. | 250000m2
A 14,000-square-foot warehouse burned. | 1300.642m2
A 3-km-long runway was laid. | 3000m
The bund is 2 to 3 m high. | 2..3m
Its walls are 2-3m thick. | 2..3m
At least 20 but no more than 30 vehicles were seen. | 20..30#
The glacier retreated by 1.4 km between the two images. | 1400m
The dam is some 15 per cent longer than planned. | x1.15
The dam is 15 pc longer than planned. | x1.15
The new pond is 5 times larger than its neighbour. | x5|6
The new pond is fivefold larger than its neighbour. | x5
The extension adds 30 per cent to the floor area. | x1.3
The extension adds 3,000 m² to the floor area. | 3000m2
Dozens of trucks were seen. | 24..#
Hundreds of trees were felled. | 200..#
Upwards of 400 trees were felled. | 400..#
Fewer than 50 trees remain. | ..50#
No more than 50 trees remain. | ..50#
Not one building was left. | -
Between two and three hundred trees remain. | 200..300#
Twelve hundred trees remain. | 1200#
Trees were cut on both sides of the road. | -
A crowd of 3,000 gathered. | 3000#
The prison was built for 800 and holds 1,300. | 800# 1300#
There are 46 greenhouses where there were 30 in 2020. | 46# 30#
The car park has room for 240 cars. | 240#
The plant would be the second largest in Europe. | 2rank
The plant's output fell by 12 per cent. | 0.12%
It stands 3.5 storeys high. | -
The roof lies two metres below that of the hall. | 2m
The trench is 1 m wide by 2 m deep. | 1m 2m
The trench is a metre wide and two deep. | 1m 2m
The hall is 92 m × 41 m × 13 m. | 92m 41m 13m
The hall is 92 x 41 x 13 m. | 92m 41m 13m
The heap contains 40,000 cu m of spoil. | 40000m3
The lagoon holds 2 million litres. | 2000m3
The lagoon holds 500,000 gallons. | 1892.7m3
The tank weighs 45 tons. | 45000kg
The depot burned for three days. | -
The work took eight months. | -
The hall is half as big again as the shed. | x1.5
The hall is as big again as the shed. | x2
The hall is half the size of the shed. | x0.5
The hall is less than half the size of the shed. | x..0.5
The hall is a tenth bigger than the shed. | x1.1
The hall is not quite twice as big as the shed. | x2
The hall is at most twice as big as the shed. | x..2
The hall is three times longer than it is wide. | x3|4
The hall is longer than the shed by 12 m. | 12m
The shed is 12 m shorter than the hall. | 12m
The two are equal in size. | x1
The fishing fleet is down to 31 boats from 54 a decade ago. | 31# 54#
Planners want 48 flats on the plot; the developer wants 72. | 48# 72#
The plant now spreads across 1.6 hectares, against 1.1 a year before. | 16000m2 11000m2
It is a quarter of the size its promoters claim. | x0.25
About one in three of the greenhouses has collapsed. | x0.3333
Of the 40 tanks, 12 are gone and a further six leak. | 40# 12# 6#
The reservoir has dropped by eleven metres, or about 40 percent of its depth. | 11m x0.4
The new berth will take ships of up to 300 m. | ..300m
Barely 5,000 m² of the roof had been finished. | 5000m2
It is at least 4 m shorter than the permit allows. | 4..m
The works were to have been 210 m long; they are 180. | 210m 180m
By area the camp is four-fifths of what it was. | x0.8
The camp has more than quadrupled in area. | x4..
The stockpile is a good third higher than in March. | x1.3333
The dump has swollen to nearly 3 ha, double what was there in spring. | 30000m2 x2
The bridge has six spans of 25 m each. | 6# 25m
Each of the 12 hangars is 60 m wide. | 12# 60m
The convoy stretched for 3 miles. | 4828.03m
The exclusion zone has a radius of 5 km. | 5000m
Roughly 80 hectares of mangrove, a tenth of the total, were cleared. | 800000m2 x0.1
The barrage is 1,100 metres long, making it the third longest in the region. | 1100m 3rank
The hall is as long as two football pitches. | x2
The shaft was sunk to 90 m, 15 m short of the target. | 90m 15m
An area equivalent to 60 football fields burned. | x60
The site is the size of 20 football pitches. | x20
The slide moved 40,000 cubic yards of rock. | 30582.2m3
The bund is now 1.5 m higher. | 1.5m
The quay was lengthened from 220m to 310m. | 220m 310m
The slag heap covers an area 1.7 times that of the plant. | x1.7
The ministry says 2,000, the union 3,500. | 2000# 3500#
The greenhouse is 110 by 64 metres, bigger by a third than the one next door. | 110m 64m x1.3333
The lot sits on 0.75 acres. | 3035.1m2
The pool is 50 metres by 25. | 50m 25m
The number of pens has risen by half since 2021. | x1.5
There are half as many pens as there were. | x0.5
The number of pens has halved. | x0.5
There are three times more pens than in 2021. | x3|4
The tower is one metre lower than announced. | 1m
The tower is lower than announced. | x..1
The tower is nowhere near as tall as announced. | x..1
The reactor hall is slightly larger than its twin. | x1..
The reactor hall is considerably smaller than its twin. | x..1
The fence runs for a total of 14.2 kilometres. | 14200m
The new pier is 10 percent wider and a fifth longer than the old one. | x1.1 x1.2
The new pier is 40 metres (or a fifth) longer. | 40m x1.2
The new pier is 240 m long and the old one 200. | 240m 200m
At 240 m, the new pier is a fifth longer. | 240m x1.2
Nine-tenths of the forest had been cleared. | x0.9
Close to two thirds of the hull is visible. | x0.6667
Only 14 of the promised 60 houses stand. | 14# 60#
Some 14 houses, or one in four, stand. | 14# x0.25
The three sheds measure 20x8m each. | 3# 20m 8m
The pipe is 1.2m across. | 1.2m
The 1.2m-wide pipe leaks. | 1.2m
The excavated pit is twice the width and half the depth that was approved. | x2 x0.5
The roof, all 6,000 sq ft of it, is gone. | 557.418m2
The number of trucks fell from 40 to 12. | 40# 12#
A dozen trucks were parked there, three times as many as in May. | 12# x3
Two dozen trucks were parked there. | 24#
Scores of trucks were parked there. | 40..#
Some two thousand trees were cut. | 2000#
The shoreline has moved 60 metres inland. | 60m
Water stood 2 metres deep in the yard. | 2m
The ditch is 4m wide at the top and 1m at the base. | 4m 1m
The wall was planned at 3.5 m but is 5 m in places. | 3.5m 5m
The shed is some 200 square metres smaller than the drawings show. | 200m2
The shed is 15 by 40 feet. | 4.572m 12.192m
The shed measures 15ft by 40ft. | 4.572m 12.192m
The shed measures 15' by 40'. | -
A 6ft 2in fence surrounds it. | 1.8796m
The plot takes in three and a half acres. | 14164m2
The plot takes in an acre and a half. | 6070.3m2
The plot takes in a little over two acres. | 8093.7m2
The plot takes in half an acre. | 2023.43m2
The plot takes in 1/2 acre. | 2023.43m2
"""
ROWS = [line.split(" | ") for line in SENTENCES.splitlines() if line and not line.startswith("#")]
_UNITS = {"#": "count", "%": "1", "x": "1"}


def _ends(words: str) -> tuple[float | None, float | None]:
    low, dots, high = words.partition("..")
    return (float(low) if low else None, float(high) if high else None) if dots else (float(low), float(low))


def _same(found: Quantity, wanted: str) -> bool:
    ratio = wanted.startswith("x")
    match = re.fullmatch(r"x?([\d.|]*)(.*)", wanted)
    assert match
    intervals = [_ends(i) for i in match[1].split("|")]
    unit = "1" if ratio else _UNITS.get(match[2], match[2])
    if (
        (found.relation == "ratio") is not ratio
        or found.unit != unit
        or len(found.readings) != len(intervals)
    ):
        return False
    return all(
        r.low == (None if low is None else pytest.approx(low, rel=0.01))
        and r.high == (None if high is None else pytest.approx(high, rel=0.01))
        for r, (low, high) in zip(found.readings, intervals, strict=True)
    )


@pytest.mark.parametrize(("text", "wanted"), ROWS, ids=[row[0][:60] for row in ROWS])
def test_sizes_that_a_sentence_states(text: str, wanted: str) -> None:
    found = quantities(text)
    assert all(text[q.start : q.end] == q.text for q in found)
    if wanted == "!":
        assert not [q for q in found if q.relation == "ratio"]
        return
    each = [] if wanted == "-" else wanted.split()
    assert len(found) == len(each), found
    assert all(_same(q, w) for q, w in zip(found, each, strict=True)), found
