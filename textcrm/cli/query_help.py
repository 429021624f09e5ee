"""The query language on one page, as ``textcrm help query`` prints it."""

from __future__ import annotations

from typing import Final

from textcrm.text import Text

QUERY: Final = Text(
    """One language for search, list, views and reports. What stands side by side must
all fit, in any order, in any fields.

Words
  quotation server         both words, anywhere
  "annual contract"        exactly these words
  *soft                    also inside a word: Microsoft (else words match from
                           their beginning: micro)
  zhangsan  zs             Chinese names by pinyin or initials
  0013                     part of a phone, four digits or more
  -price   A OR B   (A OR B) C

Fields: name, label or path; textcrm help fields lists them all
  status:active            owner:me   owner:none   city:Hangzhou   region:广东
  status:active,paused     one of several; also status:(active OR paused)
  name:="Blue River"       exactly, not just a part of it
  tag:vip   tag:vip*       a whole tag, or its beginning
  has:email   no:owner     filled in or not
  bought:hosting           who bought it

Numbers
  total_spent:>=10000   amount:1000..5000   size.employees:>=50   age:25..34

Days
  created:2026-05          a day, month, quarter (2026-Q2), year, this week
  created:2026-01..2026-06   created:"last 30 days"
  last_contact:>30d        longer ago than 30 days, or never; w weeks, m months,
                           y years
  due:<7d                  within the next 7 days

One item of a list
  purchases(product:hosting date:2026-05 amount:>1000)
                           all of it in the same purchase

Saved and put aside
  @silent   @silent -city:Berlin     views: textcrm view list
  is:archived   archived:any         archived customers are left out otherwise

In a shell put quotes around a query with < > ( ) " * : textcrm list 'amount:>5'
""".rstrip(),
    """搜索、列表、视图、报表用同一种写法。并列的条件须同时满足，次序不限，字段不限。

词语
  报价 服务器                两个词都要有，可在不同字段
  "年度合同"                 完整短语
  *soft                      也匹配词中间，如 Microsoft（英文词默认从词首匹配）
  zhangsan  zs  shanxiong    姓名的拼音、首字母，含姓氏读音
  0013                       电话中任意连续四位以上数字
  -价格   甲 OR 乙（也可写 或、且、非）   (甲 OR 乙) 丙

字段：英文名、中文名或路径，全部字段见 textcrm help fields；冒号可用全角
  状态:合作中                跟进人:me   跟进人:公海   城市:杭州   地区:广东
  状态:合作中,暂停合作       任一即可；也可写 状态:(合作中 OR 暂停合作)
  名称:="张三"               完全相同，而不是包含
  标签:高意向   标签:高*     完整标签，或以此开头
  有:邮箱   无:跟进人        是否填写（has: no:）
  购买:云主机                买过某产品的客户

数字
  累计消费:>=5万   金额:1000..5000   size.employees:>=50   年龄:25..34

日期
  创建日期:2026-05           某日、某月、某季（2026-Q2）、某年、今天、本周、上月
  created:2026-01..2026-06   created:近30天   created:2026-01至2026-06
  last_contact:>30d          超过 30 天未联系，从未联系的也算；w 周、m 月、y 年
  due:<7d                    7 天内到期

列表中的同一条
  purchases(product:云主机 date:2026-05 amount:>1000)
  购买记录(产品或服务:云主机 金额:>1000)      各条件须在同一笔购买中满足

视图与归档
  @久未联系   @久未联系 -城市:杭州            视图见 textcrm view list
  is:archived   archived:any                  默认不含已归档客户

在命令行中，含 < > ( ) " * 的查询请加引号：textcrm list '金额:>5万'
""".rstrip(),
)
